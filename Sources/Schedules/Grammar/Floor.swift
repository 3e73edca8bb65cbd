/// The least learning rate that a decay goes down to.
public struct Floor: Equatable, Sendable {
  /// The height of the floor.
  public enum Level: Equatable, Sendable {
    /// A ratio of the peak learning rate, 0 to 1 (`min=`).
    case ratio(Double)

    /// An absolute learning rate, positive (`min-lr=`). The shape of the schedule then depends on the
    /// base learning rate.
    case absolute(Double)
  }

  /// How the decay meets the floor.
  public enum Mode: String, Equatable, Sendable {
    /// The decay is compressed so that it would end on the floor: m + (1 − m)·f(u).
    case rescale

    /// The decay runs towards zero and is cut off at the floor: max(m, f(u)).
    case clamp
  }

  /// The height of the floor.
  public var level: Level

  /// How the decay meets the floor.
  public var mode: Mode

  /// A floor of the given height.
  public init(level: Level, mode: Mode = .rescale) {
    self.level = level
    self.mode = mode
  }
}
