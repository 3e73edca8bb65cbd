import Bound
import Numerics
import Schedules
import Support

/// The gradient norms of a run at the steps at which a trainer logged them.
public struct GradientNormLog: Sendable {
  /// The logged steps, counted from 1, rising.
  public let steps: [Int]

  /// The norm at each of them.
  public let norms: [Double]

  /// What had to be mended.
  public private(set) var diagnostics: [Diagnostic]

  /// The longest run for which norms are drawn out to every step.
  public static let mostSteps = 20_000_000

  /// The gradient norms of a log.
  ///
  /// Zeros, NaN, infinities and blanks are gaps. A log that counts from step 0 is shifted by one.
  ///
  /// - Parameter log: a log of any format.
  /// - Throws: `InputError` for fewer than two norms and for more than ``mostSteps`` steps.
  /// - Complexity: O(records).
  public init(of log: RunLog) throws(InputError) {
    guard let series = log.gradientNorm, let last = series.steps.last else {
      throw log.lacking(.gradientNorm, hint: "log it, or name its column with --grad-norm-col")
    }
    guard last < Self.mostSteps else {
      throw InputError(
        path: log.path, problem: "it goes on to step \(last)",
        hint: "give a log of at most \(Self.mostSteps) steps")
    }
    let usable = series.filter { $1 > 0 && $1 <= usableMagnitudes.upperBound }
    guard usable.steps.count >= 2 else {
      throw InputError(
        path: log.path, problem: "\(usable.steps.count) usable gradient norms make no schedule",
        hint: "log two or more")
    }
    let shift = log.steps.first == 0 ? 1 : 0
    steps = usable.steps.map { $0 + shift }
    norms = usable.values
    let column = log.columns[.gradientNorm] ?? ""
    diagnostics = log.mended.filter { $0.columns.isEmpty || $0.columns.contains(column) }.map {
      Diagnostic(code: $0.kind.rawValue, message: $0.message)
    }
    func note(_ count: Int, _ code: String, _ what: String) {
      guard count > 0 else { return }
      diagnostics.append(Diagnostic(code: code, message: "\(what): \(count)"))
    }
    note(
      series.steps.count - usable.steps.count, "norms-left-out",
      "gradient norms of zero or out of range, taken as gaps")
    let gaps = zip(steps, steps.dropFirst()).map { $1 - $0 }
    let usual = gaps.sorted()[gaps.count / 2]
    note(
      gaps.filter { $0 > 2 * usual }.count, "gaps",
      "gaps of more than twice the usual \(usual) steps, bridged by straight lines")
  }

  /// One norm a step: straight lines between logged steps, level before the first and after the last.
  ///
  /// - Parameters:
  ///   - count: T; the last logged step without it.
  ///   - isFiltered: whether the running median of 2310.07831 is applied to the logged norms first.
  /// - Returns: T positive norms.
  /// - Complexity: O(T + n log n).
  public func perStep(count: Int? = nil, isFiltered: Bool) -> [Double] {
    let values = isFiltered ? RefinedSchedule.filtered(norms) : norms
    var right = 0
    return (1...(count ?? steps[steps.count - 1])).map { step in
      while right < steps.count, steps[right] < step { right += 1 }
      if right == 0 { return values[0] }
      if right == steps.count { return values[values.count - 1] }
      let part = Double(step - steps[right - 1]) / Double(steps[right] - steps[right - 1])
      // Equal norms stay equal to the bit.
      return part == 1
        ? values[right] : values[right - 1] + part * (values[right] - values[right - 1])
    }
  }

  /// What the norms of a run of another length than the log's take for granted: the codes `norms-held`
  /// and `norms-cut`.
  ///
  /// - Parameter count: T.
  /// - Returns: at most one diagnostic.
  public func diagnostics(over count: Int) -> [Diagnostic] {
    let last = steps[steps.count - 1]
    if count > last {
      return [
        Diagnostic(
          code: "norms-held",
          message:
            "the log ends at step \(last): its last norm stands for steps \(last + 1) to \(count)")
      ]
    }
    guard count < last else { return [] }
    return [
      Diagnostic(
        code: "norms-cut",
        message: "the log goes on to step \(last): its norms after step \(count) were left out")
    ]
  }
}
