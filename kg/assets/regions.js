// The regions behind the network: a wedge for each section, an island for each community, and their headings.

const RIM_SPOTS = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92]; // where along its wedge a heading may stand

/** Regions as polygons in the units of the network: {points, shade, section, rim: points where a heading may stand}. */
function regions(shown, stretch, placeOf) {
  return data.sectors.length > 1 ? wedges(shown, stretch, placeOf) : data.sectors.length === 0 ? islands(shown, placeOf) : [];
}

function wedges(shown, [stretchX, stretchY], placeOf) {
  const at = (degrees, radius) => {
    const angle = (degrees * Math.PI) / 180;
    return { x: radius * Math.sin(angle) * stretchX, y: -radius * Math.cos(angle) * stretchY };
  };
  // How far the shown nodes of each wedge reach out.
  const reaches = data.sectors.map(() => 0);
  for (const id of shown.nodes) {
    const [x, y] = [placeOf(id).x / stretchX, placeOf(id).y / stretchY]; // a figure opened alone stands by its subject
    const degrees = ((Math.atan2(x, -y) * 180) / Math.PI + 360) % 360;
    const wedge = data.sectors.findIndex(([, start, end]) => start <= degrees && degrees < end);
    if (wedge >= 0 && (x || y)) reaches[wedge] = Math.max(reaches[wedge], Math.hypot(x, y) + 46);
  }
  const folded = new Set([...shown.groups.keys()].map((index) => data.groups[index].section));
  data.sectors.forEach(([section], wedge) => { if (folded.has(section)) reaches[wedge] = 330; });
  return data.sectors.map(([section, start, end], wedge) => {
    const reach = reaches[wedge];
    const gap = Math.min(0.6, (end - start) / 6);
    const arc = [];
    for (let degrees = start + gap; degrees < end - gap; degrees += 3) arc.push(at(degrees, reach));
    const points = [at(start + gap, 110), ...arc, at(end - gap, reach), at(end - gap, 110)];
    // What is folded bears the heading itself.
    return { points: reach ? points : [], section, shade: true, rim: reach && !folded.has(section) ? RIM_SPOTS.map((share) => at(start + (end - start) * share, reach + 8)) : [] };
  }).filter(({ points }) => points.length);
}

function islands(shown, placeOf) {
  const members = new Map();
  for (const id of shown.nodes) {
    const { group } = things[id];
    if (group === undefined || group < 0 || things[id].figure && shown.nodes.size < 50) continue;
    members.set(group, [...(members.get(group) ?? []), placeOf(id)]);
  }
  return [...members].filter(([, places]) => places.length > 3).map(([index, places]) => {
    const [x, y] = ["x", "y"].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
    const radius = Math.max(...places.map((place) => Math.hypot(place.x - x, place.y - y))) + 50;
    const points = Array.from({ length: 36 }, (_, step) => {
      const angle = (step * Math.PI) / 18;
      return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
    });
    return { points, group: index, shade: true, rim: [] };
  });
}

/** Paint the regions on a canvas in the units of the network. */
function paintRegions(context, found, colours) {
  context.fillStyle = colours.region;
  for (const { points } of found) {
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    context.closePath();
    context.fill();
  }
}

/** The headings of the regions as text boxes: shorter where the whole finds no room. */
function headingBoxes(found, frame, project) {
  const boxes = [];
  const font = `600 12px ${FONT}`;
  for (const { section, rim } of found) {
    if (!rim.length) continue;
    const heading = section < 0 ? word("outside") : visible(data.sections[section].heading);
    for (const perLine of frame.width < 600 ? [8, 4] : [16, 10, 6, 4]) {
      const text = wrap(heading, perLine, 1)[0];
      const half = textWidth(font, text) / 2;
      const candidates = rim.map(project).filter(({ x, y }) => x > -20 && y > -20 && x < frame.width + 20 && y < frame.height + 20)
        .map(({ x, y }) => textBox([text], font, 12, Math.min(Math.max(x, half + 4), frame.width - half - 4), Math.min(Math.max(y, 10), frame.height - 10), { tone: "soft" }));
      const box = candidates.find((candidate) => !frame.taken.clash(candidate));
      if (!box) continue;
      frame.taken.add(box);
      boxes.push(box);
      break;
    }
  }
  return boxes;
}
