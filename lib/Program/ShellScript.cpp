#include "Program/ShellScript.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace objprelink {

/// Stands for all arguments of the script.
static constexpr char kArguments = '\2';

/// How many variables may be made of each other.
static constexpr unsigned kRounds = 4;

/// Values of variables that are only ever set to one text.
using Variables = StringMap<std::string>;

namespace {
struct Word {
  std::string text;
  /// It may be empty, and then it is no word: a variable without quotes.
  bool mayVanish = false;
};

struct SimpleCommand {
  std::vector<Word> words;
  unsigned depth = 0;
  /// Its arguments are those of a function.
  bool isInFunction = false;
};

/// What is open: a reserved word, a brace or a parenthesis.
struct Opened {
  std::string by;
  bool isFunction = false;
};

/// Splits a script into its simple commands (POSIX.1-2017, Shell Command
/// Language, 2.3 and 2.9), as far as that can be done without running it.
class Splitter {
public:
  Splitter(StringRef text, const Variables &variables)
      : text(text), variables(variables) {}
  std::vector<SimpleCommand> run();

private:
  char at(size_t index) const { return index < text.size() ? text[index] : 0; }
  void skipBlanksAndComments();
  bool readOperator();
  Word readWord();
  void readQuoted(Word &word);
  void readDollar(Word &word, bool isQuoted);
  void skipNested(char open, char close);
  void skipBackquotes();
  void skipHereDocuments();
  void readRedirection();
  void endCommand();
  bool takeReservedWord(StringRef word);
  void push(StringRef by) {
    open.push_back({by.str(), std::exchange(isBodyNext, false)});
  }
  bool isOpen(StringRef by) const {
    return !open.empty() && open.back().by == by;
  }

  StringRef text;
  const Variables &variables;
  size_t place = 0;
  SimpleCommand command;
  std::vector<Opened> open;
  /// The name of a function has been read, and its body comes.
  bool isBodyNext = false;
  std::vector<std::string> hereDocuments;
  std::vector<SimpleCommand> out;
};
} // namespace

void Splitter::skipBlanksAndComments() {
  for (;; ++place) {
    if (at(place) == '\\' && at(place + 1) == '\n')
      ++place;
    else if (at(place) == '#')
      while (place + 1 < text.size() && at(place + 1) != '\n')
        ++place;
    else if (at(place) != ' ' && at(place) != '\t' && at(place) != '\r')
      return;
  }
}

/// Skips what stands between \p open, where the place is, and \p close.
void Splitter::skipNested(char open, char close) {
  unsigned depth = 0;
  for (; place < text.size(); ++place) {
    const char c = at(place);
    if (c == '\\') {
      ++place;
    } else if (c == '\'' || c == '"') {
      for (++place; place < text.size() && at(place) != c; ++place)
        if (c == '"' && at(place) == '\\')
          ++place;
    } else if (c == open) {
      ++depth;
    } else if (c == close && !--depth) {
      ++place;
      return;
    }
  }
}

void Splitter::skipBackquotes() {
  for (++place; place < text.size() && at(place) != '`'; ++place)
    if (at(place) == '\\')
      ++place;
  ++place;
}

void Splitter::readDollar(Word &word, bool isQuoted) {
  const char next = at(place + 1);
  StringRef name;
  if (next == '(') {
    ++place;
    skipNested('(', ')');
  } else if (next == '{') {
    const size_t begin = ++place + 1;
    skipNested('{', '}');
    name = text.slice(begin, place - 1);
  } else if (isAlpha(next) || next == '_') {
    const size_t begin = ++place;
    while (isAlnum(at(place)) || at(place) == '_')
      ++place;
    name = text.slice(begin, place);
  } else {
    name = text.substr(place + 1, 1);
    place += 2;
  }
  // ${1+"$@"} is what scripts write for old shells.
  if (name == "@" || name == "*" || name.contains("$@")) {
    word.text += kArguments;
    return;
  }
  if (const auto known = variables.find(name); known != variables.end()) {
    word.text += known->second;
    return;
  }
  word.text += kUnknownText;
  word.mayVanish |= !isQuoted;
}

/// What stands in double quotes.
void Splitter::readQuoted(Word &word) {
  for (++place; place < text.size() && at(place) != '"';) {
    if (at(place) == '\\') {
      word.text += at(place + 1);
      place += 2;
    } else if (at(place) == '$') {
      readDollar(word, /*isQuoted=*/true);
    } else if (at(place) == '`') {
      skipBackquotes();
      word.text += kUnknownText;
    } else {
      word.text += at(place++);
    }
  }
  ++place;
}

Word Splitter::readWord() {
  Word word;
  bool isLiteral = false;
  while (place < text.size() &&
         !StringRef(" \t\r\n;&|<>()").contains(at(place))) {
    const char c = at(place);
    if (c == '$') {
      readDollar(word, /*isQuoted=*/false);
      continue;
    }
    if (c == '`') {
      skipBackquotes();
      word.text += kUnknownText;
      word.mayVanish = true;
      continue;
    }
    isLiteral = true;
    if (c == '"') {
      readQuoted(word);
    } else if (c == '\'') {
      const size_t end = std::min(text.find('\'', place + 1), text.size());
      word.text += text.slice(place + 1, end);
      place = end + 1;
    } else if (c == '\\') {
      if (at(place + 1) != '\n')
        word.text += at(place + 1);
      place += 2;
    } else {
      word.text += c;
      ++place;
    }
  }
  word.mayVanish &= !isLiteral;
  return word;
}

/// What a redirection leads to is no word of the command.
void Splitter::readRedirection() {
  const bool isHere =
      at(place) == '<' && at(place + 1) == '<' && at(place + 2) != '<';
  while (StringRef("<>&|-").contains(at(place)) && at(place))
    ++place;
  skipBlanksAndComments();
  const Word target = readWord();
  if (isHere)
    hereDocuments.push_back(target.text);
}

/// Behind the end of a line.
void Splitter::skipHereDocuments() {
  for (const std::string &end : std::exchange(hereDocuments, {}))
    while (place < text.size()) {
      const size_t next = std::min(text.find('\n', place), text.size());
      const StringRef line = text.slice(place, next);
      place = next + 1;
      if (line.ltrim('\t') == end)
        break;
    }
}

void Splitter::endCommand() {
  command.depth = open.size();
  command.isInFunction =
      any_of(open, [](const Opened &opened) { return opened.isFunction; });
  if (!command.words.empty())
    out.push_back(std::move(command));
  command = {};
}

/// Reserved words count where a command may begin.
bool Splitter::takeReservedWord(StringRef word) {
  if (is_contained({"if", "while", "until", "for", "case", "select", "{"},
                   word)) {
    push(word);
    // What follows these is no command.
    return word != "for" && word != "case" && word != "select";
  }
  if (is_contained({"fi", "done", "esac", "}"}, word)) {
    if (!open.empty())
      open.pop_back();
    return true;
  }
  return is_contained({"then", "elif", "else", "do", "!", "time"}, word);
}

bool Splitter::readOperator() {
  const char c = at(place);
  if (c == '<' || c == '>') {
    // The number before it is none of the command's words.
    if (!command.words.empty() && place && isDigit(at(place - 1)) &&
        StringRef(command.words.back().text).size() == 1)
      command.words.pop_back();
    readRedirection();
    return true;
  }
  if (!StringRef("\n;&|()").contains(c))
    return false;
  ++place;
  if (c == '(') {
    skipBlanksAndComments();
    if (command.words.size() == 1 && at(place) == ')') {
      ++place;
      isBodyNext = true;
    } else {
      push("(");
    }
    command = {};
  } else if (c == ')' && isOpen("case")) {
    command = {}; // A pattern, which is no command.
  } else {
    endCommand();
    if (c == ')' && isOpen("("))
      open.pop_back();
  }
  if (c == '\n')
    skipHereDocuments();
  return true;
}

std::vector<SimpleCommand> Splitter::run() {
  for (;;) {
    skipBlanksAndComments();
    if (place >= text.size())
      break;
    if (readOperator())
      continue;
    const size_t begin = place;
    Word word = readWord();
    if (place == begin) // Nothing that a shell would read.
      ++place;
    else if (!command.words.empty() || !takeReservedWord(word.text))
      command.words.push_back(std::move(word));
  }
  endCommand();
  return std::move(out);
}

/// The name of a variable that \p word sets, or empty.
static StringRef assigned(StringRef word) {
  const size_t end = word.find('=');
  if (end == StringRef::npos || !end || isDigit(word[0]))
    return {};
  const StringRef name = word.take_front(end);
  return all_of(name, [](char c) { return isAlnum(c) || c == '_'; })
             ? name
             : StringRef();
}

/// Which variables are only ever set to one text, where those of \p known are.
static Variables findVariables(StringRef text, const Variables &known) {
  Variables out;
  StringMap<bool> isVariable;
  for (const SimpleCommand &command : Splitter(text, known).run())
    for (const Word &word : command.words) {
      const StringRef name = assigned(word.text);
      if (name.empty())
        continue;
      const StringRef value = StringRef(word.text).drop_front(name.size() + 1);
      const bool isKnown = !value.contains(kUnknownText) &&
                           !value.contains(kArguments) && !command.depth;
      const auto [old, isNew] = out.try_emplace(name, value.str());
      if (!isKnown || (!isNew && old->second != value))
        isVariable[name] = true;
    }
  for (const auto &name : isVariable)
    out.erase(name.first());
  return out;
}

/// Commands of the shell, and others, that start nothing with what they get.
static bool startsNothing(StringRef word) {
  return is_contained({"set",      "for",      "case",    "select",  "eval",
                       "echo",     "printf",   "test",    "[",       "[[",
                       "shift",    "return",   "local",   "declare", "export",
                       "readonly", "read",     "cd",      ".",       "source",
                       "getopt",   "basename", "dirname", "exit",    "trap",
                       "logger",   "sh",       "bash",    "dash"},
                      word);
}

std::vector<PassedOn> findPassedOn(StringRef text) {
  std::vector<PassedOn> out;
  // Variables made of variables are known in the next round.
  Variables variables;
  for (unsigned round = 0; round < kRounds; ++round)
    variables = findVariables(text, variables);
  for (const SimpleCommand &command : Splitter(text, variables).run()) {
    ArrayRef<Word> words = command.words;
    if (command.isInFunction || none_of(words, [](const Word &word) {
          return StringRef(word.text).contains(kArguments);
        }))
      continue;
    while (!words.empty()) {
      const StringRef word = words.front().text;
      const bool isBefore =
          is_contained({"exec", "command", "env", "nohup"}, word);
      if (word == "exec" && words.size() > 2 && words[1].text == "-a")
        words = words.drop_front(2);
      if (!isBefore && !words.front().mayVanish && assigned(word).empty() &&
          !word.starts_with("-"))
        break;
      words = words.drop_front();
    }
    if (!words.empty() && !startsNothing(words.front().text) &&
        !StringRef(words.front().text).contains(kArguments))
      out.push_back({words.front().text, command.depth});
  }
  return out;
}

} // namespace objprelink
