/// Replaces control characters and truncates, for a one-line message.
package func printable(_ text: String, most: Int = 60) -> String {
  var result = ""
  for (index, character) in text.enumerated() {
    if index == most { return result + "…" }
    let isControl = character.unicodeScalars.contains {
      $0.value < 0x20 || (0x7f...0x9f).contains($0.value) || (0x2028...0x202e).contains($0.value)
    }
    result.append(isControl ? "\u{FFFD}" : character)
  }
  return result
}

/// Returns a path for a message, quoted for a shell if needed; `standard input` for `-`.
package func shownPath(_ path: String) -> String {
  if path == "-" { return "standard input" }
  let text = printable(path, most: 1000)
  let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=,@%~".contains($0) }
  if isPlain, !text.isEmpty { return text }
  return "'"
    + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}

/// Removes blanks from both ends.
package func trimmed(_ text: String) -> String {
  let isBlank = { (character: Character) in character == " " || character == "\t" }
  return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
}
