/// What is known about a log before it is read.
public struct LogOptions: Equatable, Sendable {
  /// The format; recognised from the contents where it is nil.
  public var format: LogFormat?

  /// The columns (tags, keys) that hold a quantity, by their names in the log; the rest is found by
  /// the names that trainers use.
  public var columns: [LogQuantity: String]

  /// What the values of a table without a header, or of a plain JSON list, are; nil where such files are
  /// not logs.
  public var unnamed: LogQuantity?

  /// Options.
  ///
  /// - Parameters:
  ///   - format: the format, nil to recognise it.
  ///   - columns: the names of columns, for what is not called as usual.
  ///   - unnamed: what values without a name are.
  public init(
    format: LogFormat? = nil, columns: [LogQuantity: String] = [:], unnamed: LogQuantity? = nil
  ) {
    self.format = format
    self.columns = columns
    self.unnamed = unnamed
  }
}
