import Schedules
import Support

extension TrainingRun {
  /// Returns the caveats of the bound on this schedule, with the codes `not-annealed`, `trailing-zeros` and
  /// `few-steps`.
  ///
  /// The base learning rate is needed for an absolute floor only.
  ///
  /// - Throws: `InputError`.
  /// - Complexity: O(T) at worst, O(1) for most.
  public func diagnostics(baseLearningRate: Double? = nil) throws(InputError) -> [Diagnostic] {
    let schedule = try schedule(baseLearningRate: baseLearningRate)
    var diagnostics: [Diagnostic] = []
    if !schedule.isAnnealed {
      let percent = (schedule.finalLevel * 1000).rounded() / 10
      diagnostics.append(
        Diagnostic(
          code: "not-annealed",
          message:
            "\(name) ends at \(decimalText(percent)) % of its peak: on real runs the bound is off by up to 2x where the final learning rate stays above 5 %"
        ))
    }
    let trailing = schedule.trailingZeros
    if trailing > 0 {
      let (plural, verb) = trailing == 1 ? ("", "moves") : ("s", "move")
      diagnostics.append(
        Diagnostic(
          code: "trailing-zeros",
          message:
            "\(name) ends in \(trailing) step\(plural) of zero learning rate, which \(verb) nothing: the bound is that of the iterate before \(trailing == 1 ? "it" : "them")"
        ))
    }
    return diagnostics + schedule.shortRunDiagnostics
  }
}

extension Schedule {
  /// That the conventions for the first and last step matter, below 100 steps that move.
  public var shortRunDiagnostics: [Diagnostic] {
    guard steps - trailingZeros < 100 else { return [] }
    return [
      Diagnostic(
        code: "few-steps",
        message:
          "below 100 steps the conventions for the first and last step move the base learning rate by a per cent or more"
      )
    ]
  }
}
