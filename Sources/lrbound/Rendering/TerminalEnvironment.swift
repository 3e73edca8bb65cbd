import Charts
import Glibc

extension TerminalStyle {
  /// What standard output can show: as wide as COLUMNS says, else 80; in ASCII where the locale is not
  /// UTF-8; without colours off a terminal and under NO_COLOR.
  static var standardOutput: TerminalStyle {
    let terminal = variable("TERM")
    return TerminalStyle(
      columns: variable("COLUMNS").flatMap { Int($0) } ?? 80, isASCII: !localeIsUTF8,
      isColoured: isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR") == nil && terminal != nil
        && terminal != "dumb")
  }

  /// The first of these that is set names the encoding of texts.
  private static var localeIsUTF8: Bool {
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    let name = locale.lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }

  /// An environment variable; nil where it is unset or empty.
  private static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
