import Schedules
import Support

/// Keeps numbers that are not finite from leaving the program, whatever the form of the output.
///
/// A number that is missing is an absent key or a blank cell. One that is infinite or not a number is a fault
/// of the computation, and no answer.
enum FiniteNumbers {
  /// Checks every number of a report, in all its forms, whichever of them is printed.
  ///
  /// - Throws: ``NoAnswer`` naming the quantity.
  static func check(_ report: Report) throws(NoAnswer) {
    if let path = path(to: .object(report.json), "") { throw failure(path) }
    let header = report.csv.first ?? []
    for (index, row) in report.csv.dropFirst().enumerated() {
      for (column, cell) in row.enumerated() where isNotFinite(cell[...]) {
        let name = header.indices.contains(column) ? header[column] : "column \(column + 1)"
        throw failure("\(name), row \(index + 1)")
      }
    }
    try check(report.text.joined(separator: "\n"), echoing: echoes(in: .object(report.json)))
  }

  /// Checks a text that is about to be written.
  ///
  /// - Parameters:
  ///   - text: a table, code, a picture.
  ///   - echoed: texts that may stand in it as they are, such as a training command with `--clip inf`.
  /// - Throws: ``NoAnswer`` naming the line.
  /// - Complexity: O(size).
  static func check(_ text: String, echoing echoed: [String] = []) throws(NoAnswer) {
    guard mayHold(text) else { return }
    let known = Set(
      (echoed + ProcessArguments.all).flatMap { words(of: $0).filter(isNotFinite) })
    for line in text.split(separator: "\n") {
      guard words(of: line).contains(where: { isNotFinite($0) && !known.contains($0) }) else {
        continue
      }
      throw failure("'\(printable(line.trimmed))'")
    }
  }

  private static func failure(_ quantity: String) -> NoAnswer {
    NoAnswer(
      description:
        "\(quantity): the result is not a finite number; give less extreme values"
    )
  }

  /// Whether a word is how Swift or C writes such a number.
  private static func isNotFinite(_ word: Substring) -> Bool {
    ["inf", "-inf", "+inf", "nan", "-nan", "+nan"].contains(word)
  }

  private static func words(of text: some StringProtocol) -> [Substring] {
    Substring(text).split { character in
      !(character.isLetter || character.isNumber || "+-_./@".contains(character))
    }
  }

  /// Whether the letters of such a number occur at all, in one quick pass.
  private static func mayHold(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var (first, second): (UInt8, UInt8) = (0, 0)
      for byte in bytes {
        if second == UInt8(ascii: "n"), byte == UInt8(ascii: "f"), first == UInt8(ascii: "i") {
          return true
        }
        if second == UInt8(ascii: "a"), byte == UInt8(ascii: "n"), first == UInt8(ascii: "n") {
          return true
        }
        (first, second) = (second, byte)
      }
      return false
    }
  }

  /// The first number of a JSON value that is not finite, as `rows[3].excess`.
  private static func path(to value: JSONValue, _ place: String) -> String? {
    switch value {
    case .number(let number): return number.isFinite ? nil : place
    case .array(let values):
      for (index, value) in values.enumerated() {
        if let found = path(to: value, "\(place)[\(index)]") { return found }
      }
      return nil
    case .object(let members):
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        if let found = path(to: value, place.isEmpty ? name : "\(place).\(name)") { return found }
      }
      return nil
    case .string, .integer, .boolean: return nil
    }
  }

  /// What a report repeats of its inputs; code that it has written is no such echo.
  private static func echoes(in value: JSONValue) -> [String] {
    switch value {
    case .string(let text): return [text]
    case .array(let values): return values.flatMap(echoes)
    case .object(let members):
      return members.filter { $0.key != "export" }.values.flatMap(echoes)
    case .number, .integer, .boolean: return []
    }
  }
}

extension Substring {
  /// Without blanks at the ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
