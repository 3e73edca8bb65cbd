/// The lowest learning rate of a decay.
public struct Floor: Equatable, Sendable {
  /// The height of a floor.
  public enum Level: Equatable, Sendable {
    /// A ratio of the peak, 0 to 1 (`min=`).
    case ratio(Double)

    /// A positive learning rate (`min-lr=`), which makes the shape depend on the base learning rate.
    case absolute(Double)
  }

  /// How a decay meets its floor.
  public enum Mode: String, Equatable, Sendable {
    /// The decay is compressed to end at the floor: m + (1 − m)·f(u).
    case rescale

    /// The decay aims at zero and is cut off at the floor: max(m, f(u)).
    case clamp
  }

  /// The height of the floor.
  public var level: Level

  /// How the decay meets the floor.
  public var mode: Mode

  /// Creates a floor.
  public init(level: Level, mode: Mode = .rescale) {
    self.level = level
    self.mode = mode
  }
}
