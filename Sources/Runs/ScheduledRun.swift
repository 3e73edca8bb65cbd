import Bound
import Schedules
import Support

/// A schedule tied to a number of steps: a spec, or a file with its own length.
public struct ScheduledRun: Sendable {
  /// The spec as it was written.
  public let spec: ScheduleSpec

  /// T, the number of optimiser steps.
  public let steps: Int

  /// The schedule of a file; nil for a spec.
  private let file: Schedule?

  /// A spec over a number of steps; a file is read here.
  ///
  /// - Parameters:
  ///   - spec: any spec.
  ///   - steps: T; may be nil for a file, and must not differ from its length.
  /// - Throws: `InputError` for the file, `ScheduleError` for the steps.
  /// - Complexity: O(1); O(size) for a file.
  public init(_ spec: ScheduleSpec, steps: Int?) throws {
    self.spec = spec
    if case .file(let path) = spec.family {
      let schedule = try Schedule(contentsOf: path)
      if let steps, steps != schedule.steps {
        throw ScheduleError(
          input: spec.text, problem: "the file has \(schedule.steps) steps, not \(steps)",
          remedy: "leave the number of steps out, or give another file")
      }
      file = schedule
      self.steps = schedule.steps
    } else {
      guard let steps else {
        throw ScheduleError(
          input: spec.text, problem: "the number of steps is not known", remedy: "add --steps")
      }
      file = nil
      self.steps = steps
    }
  }

  /// Whether the schedule came from a file, and so has its own length.
  public var isFile: Bool { file != nil }

  /// The learning rate that a file gives by its maximum; nil for a spec, and for a file whose maximum
  /// is 1, which holds multipliers.
  public var fileBaseLearningRate: Double? {
    guard let file, file.peak != 1 else { return nil }
    return file.peak
  }

  /// The multipliers.
  ///
  /// - Parameter baseLearningRate: γ, needed for an absolute floor only.
  /// - Returns: the schedule.
  /// - Throws: `ScheduleError`.
  /// - Complexity: O(1).
  public func schedule(baseLearningRate: Double? = nil) throws(ScheduleError) -> Schedule {
    if let file { return file }
    return try spec.realise(steps: steps, baseLearningRate: baseLearningRate)
  }

  /// The schedule as something to tune.
  ///
  /// - Parameter gradientNorms: G, or G_1 … G_T.
  /// - Returns: its S and V, or with an absolute floor the means to get them at any γ.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: O(T).
  public func tunable(gradientNorms: GradientNorms = .one) throws -> TunableSchedule {
    if let file {
      let terms = try BoundTerms.lastIterate(of: file, gradientNorms: gradientNorms)
      return TunableSchedule(terms: terms)
    }
    return try TunableSchedule(spec, steps: steps, gradientNorms: gradientNorms)
  }

  /// Whether another run has the same shape: multipliers that agree at the same fraction of the run.
  ///
  /// - Parameters:
  ///   - other: the other run, of any length.
  ///   - baseLearningRates: γ of either, needed for absolute floors only.
  /// - Returns: true where 256 samples agree within what one step of the shorter run can differ by.
  /// - Throws: `ScheduleError`.
  /// - Complexity: O(1).
  public func hasSameShape(
    as other: ScheduledRun, baseLearningRates: (own: Double, other: Double)
  ) throws(ScheduleError) -> Bool {
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

  /// What users should know before they trust the bound on this schedule.
  ///
  /// - Parameter baseLearningRate: γ, needed for an absolute floor only.
  /// - Returns: diagnostics with the codes `not-annealed`, `trailing-zeros` and `few-steps`.
  /// - Throws: `ScheduleError`.
  /// - Complexity: O(T) at worst, O(1) for most.
  public func diagnostics(baseLearningRate: Double? = nil) throws -> [Diagnostic] {
    let schedule = try schedule(baseLearningRate: baseLearningRate)
    var diagnostics: [Diagnostic] = []
    if !schedule.isAnnealed {
      let percent = (schedule.finalLevel * 1000).rounded() / 10
      diagnostics.append(
        Diagnostic(
          code: "not-annealed",
          message:
            "\(spec.text) ends at \(decimalText(percent)) % of its peak: on real runs the bound is off by up to 2x where the final learning rate stays above 5 %"
        ))
    }
    let trailing = schedule.trailingZeros
    if trailing > 0 {
      diagnostics.append(
        Diagnostic(
          code: "trailing-zeros",
          message:
            "\(spec.text) ends in \(trailing) step\(trailing == 1 ? "" : "s") of zero learning rate, which move\(trailing == 1 ? "s" : "") nothing: the bound is that of the iterate before \(trailing == 1 ? "it" : "them")"
        ))
    }
    if schedule.steps - trailing < 100 {
      diagnostics.append(
        Diagnostic(
          code: "few-steps",
          message:
            "below 100 steps the conventions for the first and last step move the base learning rate by a per cent or more"
        ))
    }
    return diagnostics
  }
}
