extension Chart {
  /// The chart as lines of characters for a terminal.
  ///
  /// Lines are made of braille dots; where there are several series, letters along them refer to the
  /// legend below, so that no colour is needed. In ASCII each series has its own character.
  ///
  /// - Parameter style: what the terminal can show.
  /// - Returns: lines with their line breaks, none wider than the style's columns.
  /// - Complexity: O(points).
  public func terminalText(_ style: TerminalStyle = .init()) -> String {
    TerminalPicture(of: self, style: style).text
  }
}
