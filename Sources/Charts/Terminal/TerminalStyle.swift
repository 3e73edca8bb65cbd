/// What a terminal can show.
public struct TerminalStyle: Sendable {
  /// The width of the picture in characters, ``columnRange`` at most.
  public var columns: Int

  /// The height of the plot in lines, without title, labels and legend; ``rowRange`` at most.
  public var rows: Int

  /// Whether only ASCII characters can be shown; braille dots otherwise.
  public var isASCII: Bool

  /// Whether series are told apart by colours, too.
  public var isColoured: Bool

  /// The widths that a plot is drawn in; others are taken as the nearest.
  public static let columnRange = 40...240

  /// The heights that a plot is drawn in; others are taken as the nearest.
  public static let rowRange = 4...100

  /// A style.
  ///
  /// - Parameters:
  ///   - columns: the width of the picture in characters.
  ///   - rows: the height of the plot in lines.
  ///   - isASCII: whether only ASCII characters can be shown.
  ///   - isColoured: whether series are told apart by colours, too.
  public init(columns: Int = 80, rows: Int = 18, isASCII: Bool = false, isColoured: Bool = false) {
    self.columns = columns
    self.rows = rows
    self.isASCII = isASCII
    self.isColoured = isColoured
  }
}
