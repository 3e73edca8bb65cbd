import Support

/// A schedule as Python code.
struct PythonSchedule {
  /// The longest schedule that is written value by value.
  static let mostValues = 1_000_000

  /// More phases than this are written value by value as well.
  private static let mostPhases = 200

  let schedule: Schedule
  let title: String
  let baseLearningRate: Double?
  private let phases: [SchedulePhase]

  init(of schedule: Schedule, title: String, baseLearningRate: Double?, target: ExportTarget)
    throws(ExportError)
  {
    self.schedule = schedule
    self.title = printable(title, most: 200)
    self.baseLearningRate = baseLearningRate
    let own = schedule.phases
    phases =
      own.count <= Self.mostPhases ? own : [SchedulePhase(steps: 0..<schedule.steps, law: .values)]
    let values = phases.reduce(0) {
      if case .values = $1.law { $0 + $1.steps.count } else { $0 }
    }
    guard values <= Self.mostValues else {
      throw ExportError(
        target, problem: "\(values) of its steps have no formula",
        hint: "write it as a table, with --csv or --schedule-out")
    }
  }

  private var header: String {
    """
    # \(title)
    # \(schedule.steps) optimiser steps, written by lrbound.
    """
  }

  /// A PyTorch module with the multiplier and a LambdaLR of it.
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
          \"\"\"The part of the base learning rate at optimiser step `step`, counted from 0.\"\"\"
          step = min(max(step, 0), STEPS - 1)
      \(body.joined(separator: "\n"))


      def make_scheduler(optimizer):
          \"\"\"For an optimizer with lr=BASE_LEARNING_RATE; call step() once after each update.\"\"\"
          return LambdaLR(optimizer, multiplier)
      """
  }

  /// An optax module with the learning rate as a schedule.
  var optax: String {
    let expression = PythonExpression(module: "jnp", maximum: "jnp.maximum")
    var conditions: [String] = []
    var values: [String] = []
    for (index, phase) in phases.enumerated() {
      let (start, end) = (phase.steps.lowerBound, phase.steps.upperBound)
      conditions.append("step < \(end)")
      // Each formula sees steps of its own phase only, so that none leaves its range.
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
          \"\"\"The \(baseLearningRate == nil ? "part of the base learning rate" : "learning rate") at `count` updates; an optax schedule.\"\"\"
          step = jnp.clip(count, 0, STEPS - 1)
          cases = [
      \(cases.joined(separator: "\n"))
          ]
          return \(factor)jnp.select([case[0] for case in cases], [case[1] for case in cases])
      """
  }

  /// The tables of values, one a phase of them.
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
