import Support

/// A schedule over a number of steps: a spec, or given multipliers with a length of their own.
public struct TrainingRun: Sendable {
  private enum Shape: Sendable {
    case spec(ScheduleSpec)
    case values(Schedule)
  }

  private let shape: Shape

  /// The schedule as the user named it: a spec, or `@plan.csv`.
  public let name: String

  /// T, the number of optimiser steps.
  public let steps: Int

  /// A spec over a number of steps.
  ///
  /// - Parameters:
  ///   - spec: any spec.
  ///   - steps: T.
  public init(_ spec: ScheduleSpec, steps: Int) {
    shape = .spec(spec)
    name = spec.text
    self.steps = steps
  }

  /// Given multipliers, one for each step.
  ///
  /// - Parameters:
  ///   - schedule: the multipliers.
  ///   - name: what messages call them, for example the file that holds them.
  public init(_ schedule: Schedule, name: String) {
    shape = .values(schedule)
    self.name = name
    steps = schedule.steps
  }

  /// The spec; nil for given multipliers.
  public var spec: ScheduleSpec? {
    if case .spec(let spec) = shape { return spec }
    return nil
  }

  /// The canonical form of the spec; the name of given multipliers.
  public var canonical: String { spec?.canonical ?? name }

  /// The given multipliers; nil for a spec.
  public var values: Schedule? {
    if case .values(let schedule) = shape { return schedule }
    return nil
  }

  /// The base learning rate that given values state by their maximum; nil for a spec, and where the maximum
  /// is 1, which makes the values multipliers.
  public var givenBaseLearningRate: Double? {
    guard let values, values.peak != 1 else { return nil }
    return values.peak
  }

  /// The multipliers.
  ///
  /// - Parameter baseLearningRate: γ, needed for an absolute floor only.
  /// - Returns: the schedule.
  /// - Throws: `InputError` where the spec does not fit into the steps.
  /// - Complexity: O(1).
  public func schedule(baseLearningRate: Double? = nil) throws(InputError) -> Schedule {
    switch shape {
    case .spec(let spec): return try spec.schedule(steps: steps, baseLearningRate: baseLearningRate)
    case .values(let schedule): return schedule
    }
  }

  /// Whether another run has the same shape: multipliers that agree at equal fractions of the run.
  ///
  /// - Parameters:
  ///   - other: the other run, of any length.
  ///   - baseLearningRates: γ of each, needed for absolute floors only.
  /// - Returns: true where 256 samples agree within what one step of the shorter run can change.
  /// - Throws: `InputError`.
  /// - Complexity: O(1).
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
  /// Whether two runs have equal specs and steps; given multipliers are equal where their names are.
  public static func == (first: TrainingRun, second: TrainingRun) -> Bool {
    first.steps == second.steps && first.spec == second.spec
      && (first.spec != nil || first.name == second.name)
  }
}
