// Chinese by Latin letters: whole syllables (sifaju), initials (sfj) or a mixture of both find names and places of the text.

const LEAST_TYPED = 3; // letters: two initials are found everywhere in a text
// What may stand between the characters of one name in a text; a sentence's end may not.
const BETWEEN = /^[\s“”‘’"'《》〈〉「」、·()（）\-—]$/;

const readingsOf = new Map();
for (const [syllable, characters] of Object.entries(data.pinyin)) {
  for (const char of characters) readingsOf.set(char, [...(readingsOf.get(char) ?? []), syllable]);
}

/** What was typed as the letters of pinyin, undefined where it holds anything else. */
function letters(typed) {
  const found = typed.replace(/['’]/g, "").replace(/ü/g, "v");
  return /^[a-z]{2,40}$/.test(found) ? found : undefined;
}

/** How a character is read: its syllables, or itself where it is no Chinese one; undefined for signs. */
function readingsOfChar(char) {
  const known = readingsOf.get(char);
  if (known) return known;
  return /[\p{L}\p{N}]/u.test(char) ? [char.normalize("NFKC").toLowerCase()] : undefined;
}

/**
 * How many of the readings `chars(from)`, `chars(from + 1)`, … it takes to read `typed` from `at` on; 0 where it cannot
 * be read. The last syllable may be unfinished; with `whole` no other may.
 */
function readable(typed, at, chars, from, whole) {
  const readings = chars(from);
  if (!readings) return 0;
  const rest = typed.slice(at);
  for (const reading of readings) {
    if (reading.startsWith(rest)) return 1;
    const lengths = [reading.length, ...(whole ? [] : /^[zcs]h/.test(reading) ? [2, 1] : [1])];
    for (const length of lengths) {
      if (!rest.startsWith(reading.slice(0, length))) continue;
      const more = readable(typed, at + length, chars, from + 1, whole);
      if (more) return more + 1;
    }
  }
  return 0;
}

/** The readings of a name's characters, signs left out. */
const readingsOfName = (name) => [...plain(name)].map(readingsOfChar).filter(Boolean);

/** Where among the readings of a name `typed` can be read: -1 for nowhere. */
function readAt(typed, readings) {
  return readings.findIndex((_, from) => readable(typed, 0, (at) => readings[at], from, false));
}

/** Where the text can be read so: {place: [start, end], whole}, in UTF-16 units and the order of the text. */
function readPlaces(typed) {
  const text = source.text;
  const first = typed[0];
  const begins = new Set([...readingsOf].filter(([, readings]) => readings.some((reading) => reading[0] === first)).map(([char]) => char));
  const places = [];
  for (let start = 0; start < text.length; start += 1) {
    if (!begins.has(text[start])) continue;
    // The characters from here on, without the signs between them.
    const ends = [start + 1];
    const chars = (index) => {
      while (ends.length <= index) {
        let at = ends.at(-1);
        if (at < text.length && BETWEEN.test(text[at])) at += 1;
        if (at < text.length && BETWEEN.test(text[at])) at += 1;
        ends.push(at + 1);
      }
      return ends[index] <= text.length ? readingsOfChar(text[ends[index] - 1]) : undefined;
    };
    const count = readable(typed, 0, chars, 0, false);
    if (count < 2) continue; // one syllable is found everywhere
    places.push({ place: [start, ends[count - 1]], whole: readable(typed, 0, chars, 0, true) > 1 });
    start = ends[count - 1] - 1;
  }
  return places;
}

/**
 * Places of the text that `typed` can be read off, in groups of one wording, the most frequent first; only those that
 * are spelt out where there are any.
 */
function readWordings(typed) {
  if (typed.length < LEAST_TYPED) return [];
  const places = readPlaces(typed);
  const spelt = places.filter(({ whole }) => whole);
  const wordings = new Map();
  for (const { place } of spelt.length ? spelt : places) {
    const wording = plain(source.text.slice(...place));
    if (!wordings.has(wording)) wordings.set(wording, []);
    wordings.get(wording).push(place);
  }
  return [...wordings.values()].sort((a, b) => b.length - a.length || a[0][0] - b[0][0]);
}
