import Support

struct PythonSchedule {
  static let mostValues = 1_000_000

  /// More phases than this are written value by value.
  private static let mostPhases = 200

  private let schedule: Schedule
  private let title: String
  private let baseLearningRate: Double?
  private let phases: [SchedulePhase]

  init(_ question: TrainerQuestion, title: String) throws(InputError) {
    schedule = question.schedule
    self.title = printable(title, most: 200)
    baseLearningRate = question.baseLearningRate
    phases =
      question.phases.count <= Self.mostPhases
      ? question.phases : [SchedulePhase(steps: 0..<schedule.steps, law: .values)]
    let values = phases.reduce(0) {
      if case .values = $1.law { $0 + $1.steps.count } else { $0 }
    }
    guard values <= Self.mostValues else {
      throw question.failure("\(values) of its steps have no formula", "write it as a table")
    }
  }

  private var header: String {
    """
    # \(title)
    # \(schedule.steps) optimiser steps, written by lrbound.
    """
  }

  var torch: String {
    let expression = PythonExpression(module: "math", maximum: "max")
    var body: [String] = []
    for (index, phase) in phases.enumerated() {
      let isLast = index == phases.count - 1
      let value: String
      if case .values = phase.law {
        value = "TABLE_\(index)[step - \(phase.steps.lowerBound)]"
      } else {
        value = expression.text(of: phase, step: "step")
      }
      if isLast {
        body.append("    return \(value)")
      } else {
        body.append("    if step < \(phase.steps.upperBound):\n        return \(value)")
      }
    }
    return """
      \(header)
      import math

      from torch.optim.lr_scheduler import LambdaLR

      STEPS = \(schedule.steps)
      BASE_LEARNING_RATE = \(baseLearningRate.map { "\($0)" } ?? "None  # not known: give the optimiser the tuned one")
      \(tables(opening: "[", closing: "]"))

      def multiplier(step):
          \"\"\"The fraction of the base learning rate at optimiser step `step`, counted from 0.\"\"\"
          step = min(max(step, 0), STEPS - 1)
      \(body.joined(separator: "\n"))


      def make_scheduler(optimizer):
          \"\"\"For an optimizer with lr=BASE_LEARNING_RATE; call step() once after each update.\"\"\"
          return LambdaLR(optimizer, multiplier)
      """
  }

  var optax: String {
    let expression = PythonExpression(module: "jnp", maximum: "jnp.maximum")
    var conditions: [String] = []
    var values: [String] = []
    for (index, phase) in phases.enumerated() {
      let (start, end) = (phase.steps.lowerBound, phase.steps.upperBound)
      conditions.append("step < \(end)")
      // Clamping the step to its phase keeps every formula inside its domain.
      if case .values = phase.law {
        values.append(
          "jnp.asarray(TABLE_\(index))[jnp.clip(step - \(start), 0, \(end - start - 1))]")
      } else if case .level(let level) = phase.law {
        values.append("\(level)")
      } else {
        values.append(
          expression.text(of: phase, step: "jnp.clip(step, \(start), \(end - 1))"))
      }
    }
    let cases = zip(conditions, values).map { "        (\($0), \($1))," }
    let factor = baseLearningRate == nil ? "" : "BASE_LEARNING_RATE * "
    return """
      \(header)
      import jax.numpy as jnp

      STEPS = \(schedule.steps)
      BASE_LEARNING_RATE = \(baseLearningRate.map { "\($0)" } ?? "None  # not known: multiply the schedule by the tuned one")
      \(tables(opening: "(", closing: ")"))

      def schedule(count):
          \"\"\"The \(baseLearningRate == nil ? "fraction of the base learning rate" : "learning rate") at `count` updates; an optax schedule.\"\"\"
          step = jnp.clip(count, 0, STEPS - 1)
          cases = [
      \(cases.joined(separator: "\n"))
          ]
          return \(factor)jnp.select([case[0] for case in cases], [case[1] for case in cases])
      """
  }

  private func tables(opening: String, closing: String) -> String {
    var lines: [String] = []
    for (index, phase) in phases.enumerated() {
      guard case .values = phase.law else { continue }
      lines.append("TABLE_\(index) = \(opening)")
      let values = schedule.multipliers(in: phase.steps)
      for start in stride(from: 0, to: values.count, by: 8) {
        let row = values[start..<min(values.count, start + 8)].map { "\($0)" }
        lines.append("    \(row.joined(separator: ", ")),")
      }
      lines.append(closing)
    }
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }
}

struct PythonExpression {
  let module: String

  let maximum: String

  /// Returns the multiplier at `step`, a Python variable counting from 0, for a phase with a formula.
  func text(of phase: SchedulePhase, step: String) -> String {
    switch phase.law {
    case .level(let level): return "\(level)"
    case .values: preconditionFailure("values are written as a table")
    case .ramp(let ramp):
      let text = text(of: ramp, step: step, start: phase.steps.lowerBound)
      return ramp.isClamped ? "\(maximum)(\(ramp.least), \(text))" : text
    }
  }

  private func text(of ramp: Ramp, step: String, start: Int) -> String {
    let origin = ramp.origin + Double(start)
    let done = "((\(step) - \(number(origin))) / \(number(ramp.width)))"
    let left = "((\(number(origin + ramp.width)) - \(step)) / \(number(ramp.width)))"
    if ramp.curve == .linear, ramp.start == 0 {
      return ramp.end == 1 ? done : "\(ramp.end) * \(done)"
    }
    let fraction = fraction(ramp.curve, done: done, left: left)
    if ramp.start == 1, ramp.end == 0 { return fraction }
    if ramp.end == 0 { return "\(ramp.start) * \(fraction)" }
    return "\(ramp.end) + \(ramp.start - ramp.end) * \(fraction)"
  }

  private func fraction(_ shape: Curve, done: String, left: String) -> String {
    let half = "\(module).sin(\(module).pi / 2 * \(left)) ** 2"
    switch shape {
    case .linear: return left
    case .cosine: return half
    case .cosinePower(let power): return "(\(half)) ** \(power)"
    case .oneMinusSquareRoot: return "(1 - \(module).sqrt(\(done)))"
    case .oneMinusSquare: return "(1 - \(done) ** 2)"
    case .mirroredCosine: return "(2 * \(left) - \(half))"
    case .polynomial(let power): return "\(left) ** \(power)"
    case .rex(let beta): return "(\(left) / (\(beta) + \(1 - beta) * \(left)))"
    case .halving: return "(2 * 0.5 ** \(done) - 1)"
    case .power(let exponent): return "(1 + \(done)) ** \(exponent)"
    case .geometric(let ratio): return "\(ratio) ** \(done)"
    case .square, .circle, .inverseSquareRoot: preconditionFailure("phases have no such curve")
    case .logarithm(let span):
      return "(1 - \(module).log(1 + \(done) * \(span)) / \(module).log(\(span)))"
    }
  }

  /// Writes whole numbers without a decimal point, so that steps stay integers.
  private func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
