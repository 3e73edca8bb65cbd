/// What is known about a log before it is read.
public struct LogOptions: Equatable, Sendable {
  /// The format; recognised from the contents where it is nil.
  public var format: LogFormat?

  /// The columns (tags, keys) that hold a quantity, by their names in the log; the rest is found by
  /// the names that trainers use.
  public var columns: [LogQuantity: String]

  /// Options.
  ///
  /// - Parameters:
  ///   - format: the format, nil to recognise it.
  ///   - columns: the names of columns, for what is not called as usual.
  public init(format: LogFormat? = nil, columns: [LogQuantity: String] = [:]) {
    self.format = format
    self.columns = columns
  }
}
