/// Python expressions for phases, in the functions of a module: `math` or `jnp`.
struct PythonExpression {
  /// The module that has `sin`, `sqrt`, `log` and `pi`.
  let module: String

  /// The name of its maximum of two.
  let maximum: String

  /// The multiplier at `step`, a 0-based step of the run.
  ///
  /// - Parameters:
  ///   - phase: a phase that is not made of values.
  ///   - step: the Python variable.
  /// - Returns: an expression.
  func text(of phase: SchedulePhase, step: String) -> String {
    switch phase.law {
    case .level(let level): return "\(level)"
    case .values: preconditionFailure("values are written as a table")
    case .ramp(let ramp, let floor):
      let text = text(of: ramp, step: step, start: phase.steps.lowerBound)
      return floor > 0 ? "\(maximum)(\(floor), \(text))" : text
    }
  }

  private func text(of ramp: Ramp, step: String, start: Int) -> String {
    let origin = ramp.origin + Double(start)
    let done = "((\(step) - \(number(origin))) / \(number(ramp.width)))"
    let left = "((\(number(origin + ramp.width)) - \(step)) / \(number(ramp.width)))"
    if ramp.shape == .linear, ramp.start == 0 {
      return ramp.end == 1 ? done : "\(ramp.end) * \(done)"
    }
    let fraction = fraction(ramp.shape, done: done, left: left)
    if ramp.start == 1, ramp.end == 0 { return fraction }
    if ramp.end == 0 { return "\(ramp.start) * \(fraction)" }
    return "\(ramp.end) + \(ramp.start - ramp.end) * \(fraction)"
  }

  private func fraction(_ shape: Ramp.Shape, done: String, left: String) -> String {
    let half = "\(module).sin(\(module).pi / 2 * \(left)) ** 2"
    switch shape {
    case .linear: return left
    case .cosine(let power): return power == 1 ? half : "(\(half)) ** \(power)"
    case .oneMinusSquareRoot: return "(1 - \(module).sqrt(\(done)))"
    case .oneMinusSquare: return "(1 - \(done) ** 2)"
    case .mirroredCosine: return "(2 * \(left) - \(half))"
    case .polynomial(let power): return "\(left) ** \(power)"
    case .rex(let beta): return "(\(left) / (\(beta) + \(1 - beta) * \(left)))"
    case .halving: return "(2 * 0.5 ** \(done) - 1)"
    case .power(let exponent): return "(1 + \(done)) ** \(exponent)"
    case .geometric(let ratio): return "\(ratio) ** \(done)"
    case .logarithm(let span):
      return "(1 - \(module).log(1 + \(done) * \(span)) / \(module).log(\(span)))"
    }
  }

  /// Whole numbers without a point, so that steps stay whole as long as they can.
  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
