"use strict";
// Elements and text. Nothing here or elsewhere parses a string as markup or code.

const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

// What steers or hides is spelled out: \u202e in place of the mark that turns text around.
function spelled(code) {
  const hex = code.codePointAt(0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

function say(parent, text) {
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) parent.append(text.slice(from, match.index));
    parent.append(made("span", { class: "escaped" }, spelled(match[0])));
    from = match.index + match[0].length;
  }
  if (from < text.length) parent.append(text.slice(from));
  return parent;
}

function plain(text) {
  return text.replace(HIDDEN, spelled);
}

function made(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) {
    if (typeof child === "string") element.append(plain(child));
    else if (child) element.append(child);
  }
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

async function unpacked(block) {
  const raw = atob(block.textContent.trim());
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}
