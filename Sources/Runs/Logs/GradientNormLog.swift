import Numerics
import Support

/// A run's gradient norms at the steps where the trainer logged them.
public struct GradientNormLog: Sendable {
  /// The logged steps, counted from 1, increasing.
  public let steps: [Int]

  /// The norm at each step.
  public let norms: [Double]

  /// What was repaired or dropped.
  public private(set) var diagnostics: [Diagnostic]

  /// The longest run for which norms are interpolated to every step.
  public static let mostSteps = 20_000_000

  /// Takes the gradient norms from a log; zeros, NaN, infinities and blanks are gaps.
  ///
  /// Steps counted from 0 are shifted by one. Throws `InputError` for fewer than two norms or more than
  /// ``mostSteps`` steps.
  public init(of log: RunLog) throws(InputError) {
    guard let series = log.gradientNorm, let last = series.steps.last else {
      throw log.lacking(.gradientNorm)
    }
    guard last < Self.mostSteps else {
      throw InputError(
        path: log.path, problem: "it goes on to step \(last)",
        hint: "give a log of at most \(Self.mostSteps) steps")
    }
    let usable = series.filter { $1 > 0 && $1 <= usableMagnitudes.upperBound }
    guard usable.steps.count >= 2 else {
      throw InputError(
        path: log.path,
        problem: "\(usable.steps.count) usable gradient norms cannot make a schedule",
        hint: "log two or more")
    }
    let shift = log.steps.first == 0 ? 1 : 0
    steps = usable.steps.map { $0 + shift }
    norms = usable.values
    let column = log.columns[.gradientNorm] ?? ""
    diagnostics = log.repairs.filter { $0.columns.isEmpty || $0.columns.contains(column) }.map {
      Diagnostic(code: $0.kind.rawValue, message: $0.message)
    }
    func note(_ count: Int, _ code: String, _ what: String) {
      guard count > 0 else { return }
      diagnostics.append(Diagnostic(code: code, message: "\(what): \(count)"))
    }
    note(
      series.steps.count - usable.steps.count, "norms-left-out",
      "gradient norms of zero or out of range, treated as gaps")
    let gaps = gaps(between: steps)
    let usual = gaps[gaps.count / 2]
    note(
      gaps.filter { $0 > 2 * usual }.count, "gaps",
      "gaps of more than twice the usual \(usual) steps, interpolated linearly")
  }

  /// Returns `count` positive norms, one per step: linear between logged steps, constant beyond them.
  ///
  /// `count` defaults to the last logged step. `filterWidth` is the odd width of a running median over
  /// the logged norms.
  public func perStep(count: Int? = nil, filterWidth: Int = 1) -> [Double] {
    let values = runningMedian(norms, width: filterWidth)
    var right = 0
    return (1...(count ?? steps[steps.count - 1])).map { step in
      while right < steps.count, steps[right] < step { right += 1 }
      if right == 0 { return values[0] }
      if right == steps.count { return values[values.count - 1] }
      let fraction = Double(step - steps[right - 1]) / Double(steps[right] - steps[right - 1])
      // Equal norms stay equal to the bit.
      return fraction == 1
        ? values[right] : values[right - 1] + fraction * (values[right] - values[right - 1])
    }
  }

  /// Returns what a run of `count` steps assumes: `norms-held` or `norms-cut` if the log has another
  /// length.
  public func diagnostics(over count: Int) -> [Diagnostic] {
    let last = steps[steps.count - 1]
    if count == last { return [] }
    let (code, what) =
      count > last
      ? (
        "norms-held", "ends at step \(last): its last norm stands for steps \(last + 1) to \(count)"
      )
      : ("norms-cut", "goes on to step \(last): its norms after step \(count) were left out")
    return [Diagnostic(code: code, message: "the log \(what)")]
  }
}
