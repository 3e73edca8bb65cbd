import Schedules
import Support

/// The usual schedules of a run on the model, each at its own best base learning rate.
public struct ModelComparison: Sendable {
  /// One schedule.
  public struct Row: Sendable {
    /// `optimal`, `power`, or the spec of a shape.
    public let name: String

    /// The highest learning rate.
    public let baseLearningRate: Double

    /// L_T − σ².
    public let excess: Double

    /// Whether the base learning rate is at the cap.
    public let isAtCap: Bool
  }

  /// The rows, the optimum first.
  public let rows: [Row]

  /// The optimum itself.
  public let optimum: OptimalModelSchedule

  /// χ of the best power law t^−χ.
  public let power: Double

  /// The usual shapes without parameters.
  public static let shapes = ["constant", "linear", "cosine", "wsd20"]

  /// Tunes every schedule up to a cap, by default the stability edge, in some thousand runs of T steps.
  ///
  /// T is at most ``OptimalModelSchedule/mostSteps``. `progress` gets the name of the next schedule.
  public init(
    of model: FeatureModel, steps: Int, cap: Double? = nil,
    shapes: [String] = ModelComparison.shapes, progress: (String) -> Void = { _ in }
  ) throws {
    progress("optimal")
    let optimum = try OptimalModelSchedule(for: model, steps: steps, cap: cap)
    guard optimum.isConverged else {
      throw InputError.notConverged("the optimal schedule over \(steps) steps")
    }
    let highest = optimum.learningRates.max() ?? 0
    var rows = [
      Row(
        name: "optimal", baseLearningRate: highest, excess: optimum.excess,
        isAtCap: highest >= optimum.cap)
    ]
    progress("power")
    let power = try TunedPowerLaw(of: model, steps: steps, cap: cap)
    rows.append(Row(name: "power", power.tuned))
    for shape in shapes {
      progress(shape)
      let multipliers = try ScheduleSpec(shape).schedule(steps: steps).multipliers
      rows.append(
        Row(name: shape, try TunedModelRate(of: model, multipliers: multipliers, cap: cap)))
    }
    self.rows = rows
    self.optimum = optimum
    self.power = power.power
  }
}

extension ModelComparison.Row {
  fileprivate init(name: String, _ tuned: TunedModelRate) {
    self.init(
      name: name, baseLearningRate: tuned.baseLearningRate, excess: tuned.excess,
      isAtCap: tuned.isAtCap)
  }
}
