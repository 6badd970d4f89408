//===- PrintHtml.cpp - documents as one page ------------------------------===//
//
// The page has all that it needs: it can be attached to a mail, and opened
// years later. It is well-formed XML as well as HTML, so that any parser can
// read it. Its one script sorts tables, and a policy with the script's hash
// keeps every other from running, whatever names files have.
//
//===----------------------------------------------------------------------===//

#include "Report/Html.h"
#include "Report/Print.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;

namespace objprelink {

static constexpr char kStyle[] = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #667080;
  --line: #dde1e6; --paper: #ffffff; --note: #8a5a00; --good: #23713b;
  --bad: #b3261e; --s0: #3b6fb6; --s1: #e08a2e; --s2: #4c9a63; --s3: #b8517a;
  --s4: #7a6bb5; --s5: #8a8f98; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dfe3e8; --dim: #98a2b0; --line: #343a43; --paper: #16191d;
    --note: #e0b050; --good: #70bd87; --bad: #f2857c; --s0: #6c9fe0;
    --s1: #e8a35a; --s2: #70bd87; --s3: #d97fa3; --s4: #a095d8;
    --s5: #9aa0aa; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
  background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; font-weight: 600; overflow-wrap: anywhere;
  margin: 2.5rem 0 .5rem; }
h1 small { color: var(--dim); font-weight: 400; }
h2, summary { font-size: 1rem; font-weight: 600; margin: 1.8rem 0 .4rem; }
summary { cursor: pointer; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .15rem .9rem .15rem 0; text-align: left;
  vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; }
td { overflow-wrap: break-word; max-width: 28rem; }
.n { text-align: right; white-space: nowrap; }
thead th { vertical-align: bottom; white-space: normal; }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--s0); }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
.note { color: var(--note); margin: .4rem 0; }
ul { margin: .8rem 0; padding-left: 1.2rem; }
.summary { list-style: none; padding: 0; font-weight: 500; }
.good { color: var(--good); } .bad { color: var(--bad); }
.made { color: var(--dim); margin-top: 3rem; }
svg { display: block; width: 100%; min-width: 640px; max-width: 900px;
  height: auto; margin: .4rem 0 1rem; }
svg text { fill: var(--ink); font-size: 12px; }
svg .label { text-anchor: end; }
.s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); }
.s3 { fill: var(--s3); } .s4 { fill: var(--s4); } .s5 { fill: var(--s5); }
@media (max-width: 500px) { body { margin: 0; padding: 0 .6rem; }
  th, td { padding-right: .6rem; } td { max-width: 16rem; } }
@media print { body { margin: 0; max-width: none; font-size: 10pt; }
  .wide { overflow: visible; font-size: 7.5pt; } svg { min-width: 0; }
  .wide th, .wide td { padding-right: .4rem; max-width: 12rem; }
  .wide th { white-space: normal; }
  .wide td:first-child { overflow-wrap: anywhere; min-width: 8rem; }
  tr, svg { break-inside: avoid; } details { display: none; } }
)";

// Without < and &, which are markup to XML.
static constexpr char kScript[] = R"(
"use strict";
for (const button of document.querySelectorAll("thead button"))
  button.addEventListener("click", () => {
    const head = button.parentNode, body = head.closest("table").tBodies[0];
    const column = head.cellIndex, isNumber = head.className === "n";
    const isDown = head.getAttribute("aria-sort") !==
        (isNumber ? "descending" : "ascending") ? isNumber : !isNumber;
    const valueOf = (row) => {
      const text = row.cells[column].textContent;
      if (!isNumber) return text;
      const number = parseFloat(text.replaceAll(",", ""));
      return Number.isNaN(number) ? -Infinity : number;
    };
    const compare = (a, b) => a > b ? 1 : b > a ? -1 : 0;
    const rows = Array.from(body.rows);
    rows.sort((a, b) => (isDown ? -1 : 1) * compare(valueOf(a), valueOf(b)));
    body.append(...rows);
    for (const other of head.parentNode.cells)
      other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
  });
)";

/// U+FFFE and U+FFFF are UTF-8 but no characters of XML (XML 1.0, 2.2).
static bool isNoncharacter(StringRef rest) {
  return rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf");
}

std::string escapeHtml(StringRef text) {
  std::string valid = visible(text);
  if (!json::isUTF8(valid))
    valid = json::fixUTF8(valid);
  std::string out;
  for (size_t i = 0; i < valid.size(); ++i) {
    switch (valid[i]) {
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '&':
      out += "&amp;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      if (isNoncharacter(StringRef(valid).drop_front(i))) {
        out += "\xef\xbf\xbd";
        i += 2;
      } else {
        out += valid[i];
      }
    }
  }
  return out;
}

static void printFacts(ArrayRef<Fact> facts, raw_ostream &out) {
  if (facts.empty())
    return;
  out << "<table class=\"facts\">\n";
  for (const Fact &fact : facts)
    out << formatv(
        "<tr><th>{0}</th><td{1}>{2}{3}</td></tr>\n", escapeHtml(fact.title),
        fact.unit == Unit::None ? "" : " class=\"n\"",
        escapeHtml(toText(fact.value, fact.unit)),
        fact.unit == Unit::Bytes && fact.value.index() ? " bytes" : "");
  out << "</table>\n";
}

static void printRows(const Table &table, raw_ostream &out) {
  out << "<div class=\"wide\"><table>\n<thead><tr>";
  const auto isNumber = [](const Column &column) {
    return column.unit == Unit::None ? "" : " class=\"n\"";
  };
  for (const Column &column : table.columns)
    if (!column.title.empty())
      out << formatv("<th{0}><button type=\"button\">{1}</button></th>",
                     isNumber(column), escapeHtml(column.title));
  out << "</tr></thead>\n<tbody>\n";
  for (const std::vector<Value> *row : table.rowsByCost()) {
    out << "<tr>";
    for (auto [value, column] : zip_equal(*row, table.columns))
      if (!column.title.empty())
        out << formatv("<td{0}>{1}</td>", isNumber(column),
                       escapeHtml(toText(value, column.unit)));
    out << "</tr>\n";
  }
  out << "</tbody></table></div>\n";
}

static void printTable(const Table &table, raw_ostream &out) {
  if (table.rows.empty())
    return;
  const std::string title = escapeHtml(table.title);
  if (table.isDetail)
    out << formatv("<details><summary>{0} ({1:N})</summary>\n", title,
                   table.rows.size());
  else
    out << formatv("<h2>{0}</h2>\n", title);
  if (table.chart) {
    out << "<div class=\"wide\">\n";
    printChart(table, out);
    out << "</div>\n";
  }
  printRows(table, out);
  if (table.isDetail)
    out << "</details>\n";
}

static void printSummary(ArrayRef<std::string> lines, raw_ostream &out) {
  if (lines.empty())
    return;
  out << "<ul class=\"summary\">\n";
  for (const std::string &line : lines) {
    const Judgement judgement = judgementOf(line);
    out << formatv("<li{0}>{1}</li>\n",
                   judgement == Judgement::Good  ? " class=\"good\""
                   : judgement == Judgement::Bad ? " class=\"bad\""
                                                 : "",
                   escapeHtml(line));
  }
  out << "</ul>\n";
}

/// The hash by which a page allows its own script (Content Security Policy 3).
static std::string scriptHash() {
  return "sha256-" + encodeBase64(SHA256::hash(arrayRefFromStringRef(kScript)));
}

static void printDocument(const Document &document, raw_ostream &out) {
  out << formatv("<section>\n<h1>{0} <small>{1}</small></h1>\n",
                 escapeHtml(document.name), escapeHtml(document.kind));
  for (const std::string &warning : document.warnings)
    out << formatv("<p class=\"note\">warning: {0}</p>\n", escapeHtml(warning));
  printSummary(document.summary, out);
  printFacts(document.facts, out);
  if (!document.remarks.empty()) {
    out << "<ul>\n";
    for (const std::string &remark : document.remarks)
      out << formatv("<li>{0}</li>\n", escapeHtml(remark));
    out << "</ul>\n";
  }
  for (const Table &table : document.tables)
    printTable(table, out);
  out << "</section>\n";
}

void printHtml(ArrayRef<Document> documents, const Provenance &made,
               raw_ostream &out) {
  const std::string title =
      documents.size() == 1 ? escapeHtml(documents.front().name) + " - " : "";
  out << "<!DOCTYPE html>\n<html lang=\"en\" "
         "xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
         "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
         "content=\"width=device-width\"/>\n"
      << formatv("<meta http-equiv=\"Content-Security-Policy\" "
                 "content=\"default-src 'none'; style-src 'unsafe-inline'; "
                 "script-src '{0}'\"/>\n",
                 scriptHash())
      << formatv("<title>{0}objprelink-report</title>\n<style>{1}</style>\n",
                 title, kStyle)
      << "</head>\n<body>\n";
  for (const Document &document : documents)
    printDocument(document, out);
  out << "<p class=\"made\">objprelink-report " OBJPRELINK_VERSION;
  for (const std::string &part : {made.date, made.host})
    if (!part.empty())
      out << ", " << escapeHtml(part);
  out << formatv("</p>\n<script>{0}</script>\n</body>\n</html>\n", kScript);
}

} // namespace objprelink
