// Writes icons.svg, the sprite of every Lucide icon that the pages use. After adding a name: node static/icons.mjs
import { readFileSync, writeFileSync } from "node:fs";

const names = `
activity arrow-down-right arrow-left arrow-right arrow-up-right battery-full battery-low battery-medium bell book-open-check building-2
calendar check chevron-down chevron-left chevron-right chevrons-up-down circle-alert circle-check circle-dashed circle-question-mark circle-x
clipboard-check clock coins columns-3 copy download ellipsis external-link eye file-text filter flask-conical git-compare hourglass inbox info
key-round landmark languages layout-dashboard list-checks loader-circle lock log-in log-out mail maximize-2 menu moon octagon-alert pause pencil phone play plug-zap
plus receipt-text refresh-cw rotate-cw rows-3 scale scroll-text search search-x send settings shield-check smartphone sun tag timer trash-2 triangle-alert
undo-2 unplug user user-plus users wallet webhook workflow wrench x
`.trim().split(/\s+/);

const lucide = new URL("../node_modules/lucide-static/icons/", import.meta.url);

function symbol(name) {
  const file = readFileSync(new URL(`${name}.svg`, lucide), "utf8");
  const strokes = file.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${strokes.replace(/\s+/g, " ").replace(/ ?\/>/g, "/>").replace(/> </g, "><").trim()}</symbol>`;
}

const licence = "<!-- Lucide, ISC; licence in vendor/lucide.LICENSE.txt. Written by icons.mjs -->";
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${licence}\n${[...new Set(names)].sort().map(symbol).join("\n")}\n</svg>\n`;
writeFileSync(new URL("icons.svg", import.meta.url), sprite);
console.log(`icons.svg: ${names.length} icons, ${sprite.length} bytes`);
