// The words of the page itself, in Chinese and English. What the report says is never translated.
const WORDS = {
  zh: {
    language: "English", comma: "、",
    otherNodes: "其他", inText: "原文中", contents: "目录", copied: "已复制", copy: "复制", foldUp: "收起", unfold: "展开",
    skipToTables: "跳到表格", skipToDetails: "跳到详情", tools: "网络工具", undo: "撤销", redo: "重做", depth: "邻域", wholeNetwork: "全图",
    steps: (n) => `${n} 步`, path: "路径", pathFrom: "从此找路径…", pickEnd: "从 {} 出发：请点选或查找终点", cancel: "取消", pathTitle: "最短路径",
    pathStart: "起点", pathGoal: "终点", pathLength: (n) => `${n} 步相连`, noPath: "没有路径相连", avoidIssuer: "不经过发布机关",
    showFigures: "展开指标", openFigures: (n) => `展开 ${n} 个指标`, closeFigures: (n) => `收起 ${n} 个指标`, filter: "筛选", sections: "章节", exportAs: "导出",
    svg: "SVG 矢量图", png: "PNG 图片", permalink: "复制链接", fullscreen: "全屏", leaveFullscreen: "退出全屏", noFullscreen: "浏览器不允许全屏", textPane: "原文", reportText: "报告原文",
    inGroups: (g, n) => `，另有 ${n} 个节点收在 ${g} 组中（点按展开）`, tooMany: (n) => `；还有 ${n} 个节点太多未画，请查找或筛选`,
    report: "报告", reports: "报告", reportCount: (n) => `${n} 份报告`, previousPlace: "上一处", nextPlace: "下一处",
    leftOut: ({ entities, relations, figures, checks, texts }) => `为便于打开，本页未含 ${entities} 个实体、${relations} 条关系、${figures} 个指标值${checks ? `、${checks} 处核验` : ""}${texts ? "及依据以外的原文" : ""}；全部内容见各报告自己的网页与图谱文件（.html、.ttl）。`,
    atNode: (name, kind, n) => `${name}，${kind}，${n} 条关系`, selected: (what) => `已选中：${what}`, nothingSelected: "未选中任何内容，详情为概览",
    detailsOf: (what) => `详情：${what}`, themeIs: (name) => `配色：${name}`, themes: { auto: "自动", light: "浅色", dark: "深色" },
    bar: "图示", shareOf: (share, whole) => `占${whole}的 ${share}`, sideBySide: (unit) => `同单位比较（${unit}）`,
    sparql: "SPARQL 查询", sparqlHint: "在本报告的图谱（.ttl、.trig）上得出这里所列的关系，例如用 kg query。",
    entityTable: "全部实体", class: "类别", mentionCount: "提及数", relationTotal: "关系数", place: "字符位置", csv: "导出 CSV", close: "关闭",
    moreRows: "显示更多行", tables: "表格", entities: "实体", figuresTab: "指标",
    controls: "查找与筛选", search: "查找", searchHint: "名称、拼音、文号、原文", results: "查找结果", nothingFound: "名称与原文中都没有找到",
    found: (n) => `${n} 个匹配`, times: (n) => `${n} 处`,
    filters: "图例与筛选", classes: "类别（点按显示或隐藏）", relations: "关系", modalities: "情态", showAll: "恢复默认显示", linkedOnly: "只看有连线的节点",
    shown: (n, all, e, edges) => `显示 ${n}/${all} 个节点、${e}/${edges} 条连线`,
    network: "关系网络。方向键在节点间移动，回车选中，加减键缩放；全部内容也在下方表格中。", closer: "放大", farther: "缩小", fit: "看全图",
    details: "详情", overview: "概览", overviewHint: "点按节点、连线或原文中的名称，或查找，查看事实与依据。",
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
    auditCounts: (no, open, yes) => `用报告自己的数核对：不符 ${no}，无法判定 ${open}，相符 ${yes}。`, auditMore: (n) => `另有 ${n} 处，见指标表“核验”一栏。`,
    sameRank: "同一位次", points: "个百分点", verdictOf: { agrees: "相符", disagrees: "不符", undetermined: "无法判定" },
  },
  en: {
    language: "中文", comma: ", ",
    otherNodes: "Others", inText: "In the text", contents: "Contents", copied: "Copied", copy: "Copy", foldUp: "Fold", unfold: "Open",
    skipToTables: "Skip to the tables", skipToDetails: "Skip to the details", tools: "Network tools", undo: "Undo", redo: "Redo", depth: "Around", wholeNetwork: "All",
    steps: (n) => (n === 1 ? "1 step" : `${n} steps`), path: "Path", pathFrom: "Path from here…", pickEnd: "From {}: press or search for the other end", cancel: "Cancel", pathTitle: "Shortest path",
    pathStart: "From", pathGoal: "To", pathLength: (n) => (n === 1 ? "1 step" : `${n} steps`), noPath: "No path joins them", avoidIssuer: "Not through the issuer",
    showFigures: "Figures", openFigures: (n) => `Open ${n} figures`, closeFigures: (n) => `Fold ${n} figures`, filter: "Filter", sections: "Sections", exportAs: "Export",
    svg: "SVG drawing", png: "PNG image", permalink: "Copy link", fullscreen: "Full screen", leaveFullscreen: "Leave full screen", noFullscreen: "The browser allows no full screen", textPane: "Text", reportText: "The report's text",
    inGroups: (g, n) => `, ${n === 1 ? "1 more node" : `${n} more nodes`} in ${g === 1 ? "1 group" : `${g} groups`} (press to open)`, tooMany: (n) => `; ${n} more nodes are not drawn: search or filter`,
    report: "Report", reports: "Reports", reportCount: (n) => `${n} reports`, previousPlace: "Previous place", nextPlace: "Next place",
    leftOut: ({ entities, relations, figures, checks, texts }) => `To open quickly, this page leaves out ${entities} entities, ${relations} relations, ${figures} figures${checks ? `, ${checks} audit findings` : ""}${texts ? " and the text that is no evidence" : ""}; all of it is in each report's own page and graph (.html, .ttl).`,
    atNode: (name, kind, n) => `${name}, ${kind}, ${n === 1 ? "1 relation" : `${n} relations`}`, selected: (what) => `Selected: ${what}`, nothingSelected: "Nothing is selected; the details show the overview",
    detailsOf: (what) => `Details: ${what}`, themeIs: (name) => `Colours: ${name}`, themes: { auto: "Auto", light: "Light", dark: "Dark" },
    bar: "As a bar", shareOf: (share, whole) => `${share} of ${whole}`, sideBySide: (unit) => `Side by side (${unit})`,
    sparql: "SPARQL query", sparqlHint: "Gives the relations listed here on this report's graph (.ttl, .trig), for example with kg query.",
    entityTable: "All entities", class: "Class", mentionCount: "Mentions", relationTotal: "Relations", place: "Characters", csv: "Save as CSV", close: "Close",
    moreRows: "Show more rows", tables: "Tables", entities: "Entities", figuresTab: "Figures",
    controls: "Search and filters", search: "Search", searchHint: "name, pinyin, number, text", results: "Search results",
    nothingFound: "Neither a name nor the text matches",
    found: (n) => `${n} matches`, times: (n) => `${n} places`,
    filters: "Legend and filters", classes: "Classes (press to show or hide)", relations: "Relations", modalities: "Modality",
    showAll: "Reset filters", linkedOnly: "Linked nodes only",
    shown: (n, all, e, edges) => `${n} of ${all} nodes, ${e} of ${edges} links shown`,
    network: "Network. Arrow keys go from node to node, Enter selects, plus and minus zoom; everything is also in the tables below.",
    closer: "Zoom in", farther: "Zoom out", fit: "Fit",
    details: "Details", overview: "Overview", overviewHint: "Press a node, a link or a name in the text, or search, to see the facts and their evidence.",
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
    auditCounts: (no, open, yes) => `Held against the report's own figures: ${no} disagree, ${open} undetermined, ${yes} agree.`,
    auditMore: (n) => `${n} more: see the column “Audit” of the table of figures.`, sameRank: "Same rank", points: "points",
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
  for (const node of document.querySelectorAll("[data-title]")) node.title = word(node.dataset.title);
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = word(node.dataset.placeholder);
  const button = document.getElementById("language");
  button.textContent = word("language");
  button.lang = language === "zh" ? "en" : "zh-CN";
}
