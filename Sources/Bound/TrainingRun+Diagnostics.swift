import Schedules
import Support

extension TrainingRun {
  /// Returns the bound's caveats on this schedule; only an absolute floor needs the base learning rate.
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
  /// The caveat `few-steps`, below 100 steps that move.
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
