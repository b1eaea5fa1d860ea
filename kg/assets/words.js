// The words of the page itself, in Chinese and English. What the report says is never translated.
const WORDS = {
  zh: {
    language: "English", comma: "、",
    skipToTables: "跳到关系表",
    controls: "查找与筛选", search: "查找", searchHint: "名称、简称或文号", results: "查找结果", nothingFound: "没有匹配的名称",
    found: (n) => `${n} 个匹配`,
    filters: "图例与筛选", classes: "类别（点按显示或隐藏）", relations: "关系", modalities: "情态", showAll: "恢复默认显示",
    shown: (n, all, e, edges) => `显示 ${n}/${all} 个节点、${e}/${edges} 条连线`,
    network: "关系网络。方向键平移，加减键缩放；全部内容也在下方表格中。", closer: "放大", farther: "缩小", fit: "看全图",
    details: "详情", overview: "概览", overviewHint: "点按节点或连线，或在查找框输入名称，查看事实与原文依据。",
    most: "关系最多的节点", back: "返回概览",
    issuerIs: "发布机关", issuedOn: "发布日期", docNumber: "文号", about: (y) => `${y}年度`,
    entityCount: (n) => `${n} 个实体`, relationCount: (n) => `${n} 条关系`, figureCount: (n) => `${n} 个指标值`,
    textHash: "文本 SHA-256",
    official: "正式名称", aliases: "文中写法", type: "类型", status: "状态", adcode: "行政区划代码", section: "所在章节",
    facts: "事实", noFacts: "文中没有关于它的关系。", figures: "指标", recognitions: "表彰认可", mentions: (n) => `全部提及（${n}）`,
    maybe: (n) => `可能的提及（${n}）`, offsets: (a, b) => `字符 ${a}–${b}`, rule: "规则", trigger: "触发词",
    implicit: "原文未写主语，按发布机关计", noEvidence: "由名称或区划得出，无原文句",
    value: "数值", raw: "原文写法", unit: "单位", bound: "限定", period: "时期", scope: "范围", rank: "位次", measure: "种类",
    modality: "情态", base: "同比基数", whole: "属于总数", measured: "所指",
    position: (area, n) => `${area}第 ${n} 位`,
    relationTable: "全部关系", figureTable: "全部指标", filterRows: "筛选行", rows: (n, all) => `${n}/${all} 行`,
    subject: "主体", relation: "关系", object: "客体", evidence: "原文依据", name: "名称",
    outside: "正文之前", recognisedAs: "称号", how: "方式", recogniser: "认可方", thing: "受认可者",
    kind: {
      Department: "部门机构", BodyGroup: "机构泛称", Regulation: "法规文件", Initiative: "举措", MediaWork: "节目作品",
      Place: "行政区划", Indicator: "指标",
    },
    predicate: {
      issues: "印发", revises: "修订", repeals: "废止", drafts: "起草", commentsOn: "反馈意见", implements: "落实",
      carriesOut: "开展", basedOn: "依据", recognisedBy: "受到认可", establishes: "成立", reportsTo: "报告",
      cooperatesWith: "合作", partOf: "隶属", measures: "衡量", within: "位于", jurisdiction: "管辖",
    },
    inverse: {
      issues: "印发者", revises: "修订者", repeals: "废止者", drafts: "起草者", commentsOn: "反馈意见者", implements: "落实者",
      carriesOut: "开展者", basedOn: "以此为依据", recognisedBy: "认可了", establishes: "由谁成立", reportsTo: "收到谁的报告",
      cooperatesWith: "合作", partOf: "所属单位", measures: "指标", within: "辖内", jurisdiction: "由谁管辖",
    },
    modalityOf: { reported: "已做", planned: "计划", required: "要求", problem: "问题" },
    measureOf: { level: "数量", rate: "比率", growth: "增减", points: "百分点" },
    boundOf: { "=": "等于", "≈": "约", "≥": "不低于", "≤": "不高于" },
    audit: "核验", computation: "算式", expected: "推算值", difference: "相差（容差）", reason: "原因", inputs: "所用的数",
    verdictOf: { agrees: "相符", disagrees: "不符", undetermined: "无法判定" },
  },
  en: {
    language: "中文", comma: ", ",
    skipToTables: "Skip to the tables",
    controls: "Search and filters", search: "Search", searchHint: "name, short name or document number", results: "Search results",
    nothingFound: "No name matches",
    found: (n) => `${n} matches`,
    filters: "Legend and filters", classes: "Classes (press to show or hide)", relations: "Relations", modalities: "Modality",
    showAll: "Reset filters",
    shown: (n, all, e, edges) => `${n} of ${all} nodes, ${e} of ${edges} links shown`,
    network: "Network. Arrow keys pan, plus and minus zoom; everything is also in the tables below.",
    closer: "Zoom in", farther: "Zoom out", fit: "Fit",
    details: "Details", overview: "Overview", overviewHint: "Press a node or a link, or search for a name, to see its facts and their evidence.",
    most: "Most connected", back: "Back to the overview",
    issuerIs: "Issuer", issuedOn: "Issued", docNumber: "Document number", about: (y) => `for ${y}`,
    entityCount: (n) => `${n} entities`, relationCount: (n) => `${n} relations`, figureCount: (n) => `${n} figures`,
    textHash: "Text SHA-256",
    official: "Official name", aliases: "Written as", type: "Type", status: "Status", adcode: "Area code", section: "Section",
    facts: "Facts", noFacts: "The report states no relation of it.", figures: "Figures", recognitions: "Recognition",
    mentions: (n) => `All mentions (${n})`,
    maybe: (n) => `Possible mentions (${n})`, offsets: (a, b) => `characters ${a}–${b}`, rule: "rule", trigger: "trigger",
    implicit: "no subject in the text: the issuer is meant", noEvidence: "follows from the name or the area; no sentence says it",
    value: "Value", raw: "As written", unit: "Unit", bound: "Bound", period: "Period", scope: "Scope", rank: "Rank", measure: "Kind",
    modality: "Modality", base: "Compared with", whole: "Part of", measured: "Measures",
    position: (area, n) => `no. ${n}, ${area}`,
    relationTable: "All relations", figureTable: "All figures", filterRows: "Filter rows", rows: (n, all) => `${n} of ${all} rows`,
    subject: "Subject", relation: "Relation", object: "Object", evidence: "Evidence", name: "Name",
    outside: "Before the body", recognisedAs: "Title", how: "How", recogniser: "Recognised by", thing: "Recognised",
    kind: {
      Department: "Public body", BodyGroup: "Class of bodies", Regulation: "Regulation", Initiative: "Initiative",
      MediaWork: "Media work", Place: "Place", Indicator: "Figure",
    },
    predicate: {
      issues: "issues", revises: "revises", repeals: "repeals", drafts: "drafts", commentsOn: "comments on",
      implements: "implements", carriesOut: "carries out", basedOn: "based on", recognisedBy: "recognised by",
      establishes: "establishes", reportsTo: "reports to", cooperatesWith: "cooperates with", partOf: "part of",
      measures: "measures", within: "within", jurisdiction: "jurisdiction",
    },
    inverse: {
      issues: "issued by", revises: "revised by", repeals: "repealed by", drafts: "drafted by", commentsOn: "commented on by",
      implements: "implemented by", carriesOut: "carried out by", basedOn: "basis of", recognisedBy: "recognises",
      establishes: "established by", reportsTo: "receives reports from", cooperatesWith: "cooperates with", partOf: "has part",
      measures: "measured by", within: "contains", jurisdiction: "governed by",
    },
    modalityOf: { reported: "reported", planned: "planned", required: "required", problem: "problem" },
    measureOf: { level: "level", rate: "rate", growth: "growth", points: "points" },
    boundOf: { "=": "equal to", "≈": "about", "≥": "at least", "≤": "at most" },
    audit: "Audit", computation: "Computation", expected: "Expected", difference: "Difference (tolerance)", reason: "Why",
    inputs: "Inputs",
    verdictOf: { agrees: "agrees", disagrees: "disagrees", undetermined: "undetermined" },
  },
};

let language = "zh";

/** The word for `key` in the language of the page; more arguments fill it in. */
function word(key, ...values) {
  const found = WORDS[language][key];
  return typeof found === "function" ? found(...values) : found;
}

/** The word for a value of a closed list, such as a class or a predicate; the value itself where the list has grown. */
function term(list, value) {
  return WORDS[language][list][value] ?? value;
}

/** Put the words of the chosen language on everything that stands in the page from the start. */
function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", word(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
  const button = document.getElementById("language");
  button.textContent = word("language");
  button.lang = language === "zh" ? "en" : "zh-CN";
}
