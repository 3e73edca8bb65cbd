import Support

/// A schedule over a number of steps: a spec, or multipliers with a fixed length.
public struct TrainingRun: Sendable {
  private enum Shape: Sendable {
    case spec(ScheduleSpec)
    case values(Schedule)
  }

  private let shape: Shape

  /// The schedule as the user named it: a spec or `@plan.csv`.
  public let name: String

  /// T, the number of optimiser steps.
  public let steps: Int

  /// B, the number of tokens in a step; nil if unknown.
  public var batchTokens: Int?

  /// How tokens were rounded to steps, in one sentence; empty if they were not.
  public var lengthAssumptions: [String] = []

  /// The most tokens in a step.
  public static let mostBatchTokens = 1_000_000_000_000

  /// Returns a number as a batch in tokens; nil unless it is whole, positive and at most
  /// ``mostBatchTokens``.
  public static func batchTokens(_ number: Double) -> Int? {
    Int(exactly: number).flatMap { (1...mostBatchTokens).contains($0) ? $0 : nil }
  }

  /// Creates a run of T steps from a spec.
  public init(_ spec: ScheduleSpec, steps: Int, batchTokens: Int? = nil) {
    shape = .spec(spec)
    name = spec.text
    self.steps = steps
    self.batchTokens = batchTokens
  }

  /// Creates a run from a schedule; the name is used in messages, such as that of its file.
  public init(_ schedule: Schedule, name: String) {
    shape = .values(schedule)
    self.name = name
    steps = schedule.steps
  }

  /// The run in a few words: wsd20 at 50,000 steps of 524,288 tokens.
  public var summary: String {
    "\(name) at \(grouped(steps)) steps" + (batchTokens.map { " of \(grouped($0)) tokens" } ?? "")
  }

  /// The spec; nil for given multipliers.
  public var spec: ScheduleSpec? {
    if case .spec(let spec) = shape { return spec }
    return nil
  }

  /// The canonical spec, or the name of given multipliers.
  public var canonical: String { spec?.canonical ?? name }

  /// The given multipliers; nil for a spec.
  public var values: Schedule? {
    if case .values(let schedule) = shape { return schedule }
    return nil
  }

  /// The maximum of given values, taken as the base learning rate; nil for specs, and for multipliers, whose
  /// maximum is 1.
  public var givenBaseLearningRate: Double? {
    guard let values, values.peak != 1 else { return nil }
    return values.peak
  }

  /// Returns the schedule; an absolute floor needs the base learning rate γ.
  ///
  /// Throws `InputError` if the spec does not fit into the steps.
  public func schedule(baseLearningRate: Double? = nil) throws(InputError) -> Schedule {
    switch shape {
    case .spec(let spec): return try spec.schedule(steps: steps, baseLearningRate: baseLearningRate)
    case .values(let schedule): return schedule
    }
  }

  /// Returns whether two runs of any lengths agree at equal fractions of the run.
  ///
  /// Compares 256 samples with the tolerance of one step of the shorter run. Absolute floors need the base
  /// learning rates; throws `InputError` if a spec does not fit.
  public func hasSameShape(
    as other: TrainingRun, baseLearningRates: (own: Double, other: Double)
  ) throws(InputError) -> Bool {
    let first = try schedule(baseLearningRate: baseLearningRates.own)
    let second = try other.schedule(baseLearningRate: baseLearningRates.other)
    let samples = 256
    let tolerance = 0.02 + 2 / Double(min(first.steps, second.steps))
    for sample in 0..<samples {
      func value(_ schedule: Schedule) -> Double {
        let index = (2 * sample + 1) * schedule.steps / (2 * samples)
        return schedule.multipliers(in: index..<index + 1)[0]
      }
      if abs(value(first) - value(second)) > tolerance { return false }
    }
    return true
  }
}

extension TrainingRun: Equatable {
  /// Whether specs, steps and batches are equal; given multipliers are compared by name.
  public static func == (first: TrainingRun, second: TrainingRun) -> Bool {
    first.steps == second.steps && first.batchTokens == second.batchTokens
      && first.spec == second.spec
      && (first.spec != nil || first.name == second.name)
  }
}
