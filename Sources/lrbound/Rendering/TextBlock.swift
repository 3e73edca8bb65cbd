/// A piece of a report's text; blocks are set apart by a blank line.
enum TextBlock {
  /// Lines as they stand.
  case lines([String])

  /// Rows of cells; the first row is the header where there is one.
  case table([[String]], hasHeader: Bool)

  /// Entries under a title.
  case list(String, [String])

  /// A title right above a block.
  indirect case titled(String, TextBlock)

  /// Rows of a name and what it is.
  static func facts(_ rows: [[String]]) -> TextBlock { .table(rows, hasHeader: false) }

  /// Rows under a header.
  static func table(_ rows: [[String]]) -> TextBlock { .table(rows, hasHeader: true) }

  /// The block for a terminal.
  var plain: String {
    switch self {
    case .lines(let lines): lines.joined(separator: "\n")
    case .table(let rows, _): columns(rows).joined(separator: "\n")
    case .list(let title, let entries):
      ([title] + entries.map { "  - \($0)" }).joined(separator: "\n")
    case .titled(let title, let block): title + "\n" + block.plain
    }
  }

  /// The block in GitHub's Markdown.
  var markdown: String {
    switch self {
    case .lines(let lines):
      return lines.map { String($0.drop { $0 == " " }) }.joined(separator: "  \n")
    case .list(let title, let entries):
      return ([title, ""] + entries.map { "- \($0)" }).joined(separator: "\n")
    case .titled(let title, let block): return "\(title)\n\n\(block.markdown)"
    case .table(let rows, let hasHeader):
      let width = rows.map(\.count).max() ?? 0
      func line(_ cells: [String]) -> String {
        let padded = cells + [String](repeating: "", count: width - cells.count)
        let escaped = padded.map { $0.split(separator: "|", omittingEmptySubsequences: false) }
        return "| " + escaped.map { $0.joined(separator: "\\|") }.joined(separator: " | ") + " |"
      }
      let header = hasHeader ? rows.first ?? [] : []
      return
        ([line(header), line([String](repeating: "---", count: width))]
        + rows.dropFirst(hasHeader ? 1 : 0).map(line)).joined(separator: "\n")
    }
  }

  /// Rows in columns, each as wide as its widest cell, set to the left and two blanks apart.
  private func columns(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = " "
      for (column, cell) in row.enumerated() {
        line += " " + cell
        if column < row.count - 1 {
          line += String(repeating: " ", count: widths[column] - cell.count + 1)
        }
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
