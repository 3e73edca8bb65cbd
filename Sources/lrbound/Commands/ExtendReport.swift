import Runs
import Schedules
import Support
import Transfer

/// What `extend` has to say.
struct ExtendReport {
  let report: Report

  init(
    chain: ExtensionChain, base: TrainingRun, bound: ExtensionAnswer?,
    models: [CrossCheckReport?]?, diagnostics: [Diagnostic], assumptions: [String]
  ) {
    var text: [String] = []
    for (index, stage) in chain.stages.enumerated() {
      if index > 0 { text.append("") }
      text += Self.text(
        of: stage,
        name: index == 0 ? base.name : "then, from \(chain.followed[index - 1].rawValue)",
        bound: index == 0 ? bound : nil, followed: chain.followed[index])
      if let model = models?[index] { text += [""] + columns(model.rows) }
    }
    var members: [String: JSONValue] = [:]
    let last = chain.stages.count - 1
    let stages = chain.stages.indices.map { index in
      var members = Self.json(
        of: chain.stages[index], bound: index == 0 ? bound : nil, followed: chain.followed[index])
      if let model = models?[index] { members["theory_model"] = model.json }
      return members
    }
    members = stages[last]
    var from = base.json
    from["base_lr"] = .optional(chain.stages[0].question.run.baseLearningRate)
    members["from"] = .object(from)
    members["rule"] = chain.stages[0].question.rule.json
    if stages.count > 1 { members["stages"] = .array(stages.map { .object($0) }) }
    let stageDiagnostics = chain.stages.flatMap(\.diagnostics).reduce(into: [Diagnostic]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    report = Report(
      command: "extend", text: text, json: members, csv: Self.csv(of: chain),
      diagnostics: diagnostics + stageDiagnostics + (models?.last??.diagnostics ?? []),
      assumptions: assumptions + [chain.stages[0].question.rule.text])
  }

  // MARK: - For people

  private static func text(
    of stage: ExtensionAnswer, name: String, bound: ExtensionAnswer?, followed: ExtensionOption.Kind
  ) -> [String] {
    let question = stage.question
    var rows: [[String]] = [
      [
        "plan", "base LR", "γ", "plateau ×", "cooldown", "Ω", "vs same", "vs fresh linear", "worth",
        "branch at", "change at",
      ]
    ]
    for option in stage.options {
      guard let plan = option.plan else { continue }
      rows.append([
        option.kind.rawValue, plan.baseLearningRate.map { significant($0) } ?? "–",
        significant(plan.gamma), plan.factor.map { significant($0, 5) } ?? "–",
        cooldown(of: plan), significant(plan.bound, 5), excess(stage.gainOverSame(plan)),
        excess(stage.gainOverRetunedLinear(plan)), worth(stage.equivalentMoreSteps(option.kind)),
        stage.checkpoint(of: plan) == 0 ? "start over" : grouped(stage.checkpoint(of: plan)),
        plan.startsOver ? "–" : grouped(plan.changeAtStep),
      ])
    }
    var lines = [
      "\(name): \(grouped(question.run.steps)) → \(grouped(question.steps)) steps", "",
    ]
    lines += columns(rows)
    let obstacles = stage.options.compactMap { option in
      option.obstacle.map { "  no \(option.kind.rawValue): \($0)" }
    }
    if !obstacles.isEmpty { lines += [""] + obstacles }
    if let bound {
      lines += ["", "  by the bound itself: " + summary(of: bound)]
    }
    if let plan = stage.option(followed)?.plan {
      let label = followed == stage.recommended ? "recommended" : "followed"
      lines += ["", "  \(label): \(followed.rawValue), \(advice(plan, in: stage))"]
    }
    return lines
  }

  private static func cooldown(of plan: ExtensionOption.Plan) -> String {
    plan.cooldownShare.map { "\(significant($0 * 100)) %" } ?? "–"
  }

  /// How far a plan's bound lies above another.
  private static func excess(_ gain: Double?) -> String { gain.map { percent(-$0) } ?? "–" }

  private static func worth(_ steps: Double?) -> String {
    guard let steps else { return "out of reach" }
    guard steps != 0 else { return "–" }
    return percent(steps) + " steps"
  }

  private static func percent(_ value: Double) -> String {
    guard value != 0 else { return "–" }
    let text = significant(value * 100, 3)
    return (value > 0 ? "+" : "") + text + " %"
  }

  private static func summary(of answer: ExtensionAnswer) -> String {
    var parts: [String] = []
    if let factor = answer.option(.lowerPlateau)?.plan?.factor {
      parts.append("plateau × \(significant(factor, 5))")
    }
    switch answer.option(.longerCooldown)?.result {
    case .success(let plan): parts.append("or a cooldown of \(cooldown(of: plan))")
    case .failure(.cooldownTooShort(_, let ratio)):
      parts.append("a longer cooldown reaches \(significant(ratio, 5))× only")
    case .failure, nil: break
    }
    return parts.isEmpty ? "nothing to lower" : parts.joined(separator: ", ")
  }

  /// What to do, in words.
  private static func advice(_ plan: ExtensionOption.Plan, in stage: ExtensionAnswer) -> String {
    let rate = plan.baseLearningRate.map { " at \(significant($0))" } ?? ""
    let checkpoint = stage.checkpoint(of: plan)
    guard checkpoint > 0 else { return "started over\(rate)" }
    var parts = ["from the checkpoint of step \(grouped(checkpoint))"]
    if let ramp = plan.rampSteps { parts.append("back up over \(grouped(ramp)) steps") }
    if let factor = plan.factor, factor < 1 {
      let level = plateauRate(of: plan).map { ", that is an LR of \(significant($0))" } ?? ""
      parts.append("plateau × \(significant(factor))\(level)")
    } else if plan.factor == 1 {
      parts.append("plateau kept")
    }
    if let steps = plan.cooldownSteps {
      parts.append("cooldown over the last \(grouped(steps)) steps")
    }
    parts.append("\(grouped(stage.stepsToTrain(plan))) steps to train")
    return parts.joined(separator: ", ")
  }

  /// The learning rate of the new plateau, as the trainer takes it.
  private static func plateauRate(of plan: ExtensionOption.Plan) -> Double? {
    guard let rate = plan.baseLearningRate, let plateau = plan.plateau else { return nil }
    return rate * plateau
  }

  // MARK: - For scripts

  private static func json(
    of stage: ExtensionAnswer, bound: ExtensionAnswer?, followed: ExtensionOption.Kind
  ) -> [String: JSONValue] {
    let question = stage.question
    var members: [String: JSONValue] = [
      "from": .object(["steps": .integer(question.run.steps)]),
      "to": .object(["steps": .integer(question.steps), "gamma": .number(stage.gamma)]),
      "options": .array(stage.options.map { .object(json(of: $0, in: stage)) }),
      "criterion": .string(question.criterion.rawValue),
      "recommended": .string(stage.recommended.rawValue), "followed": .string(followed.rawValue),
    ]
    members["bound"] = bound.map { bound in
      .object([
        "gamma": .number(bound.gamma),
        "options": .array(bound.options.map { .object(json(of: $0, in: bound)) }),
      ])
    }
    return members
  }

  private static func json(of option: ExtensionOption, in stage: ExtensionAnswer) -> [String:
    JSONValue]
  {
    var members: [String: JSONValue] = ["kind": .string(option.kind.rawValue)]
    members["feasible"] = .boolean(option.plan != nil)
    members["reason"] = option.obstacle.map { .string("\($0)") }
    if case .cooldownTooShort(let steps, let ratio) = option.obstacle {
      members["longest_steps"] = .integer(Int(steps))
      members["longest_ratio"] = .number(ratio)
    }
    guard let plan = option.plan else { return members }
    members["factor"] = .optional(plan.factor)
    members["plateau_lr"] = .optional(plateauRate(of: plan))
    members["fraction"] = .optional(plan.cooldownShare)
    members["cooldown_steps"] = plan.cooldownSteps.map { .integer($0) }
    members["base_lr"] = .optional(plan.baseLearningRate)
    members["gamma"] = .number(plan.gamma)
    members["omega"] = .number(plan.bound)
    members["change_at_step"] = .integer(plan.changeAtStep)
    members["branch_at_step"] = .integer(plan.branchAtStep)
    members["checkpoint_at_step"] = .integer(stage.checkpoint(of: plan))
    members["steps_to_train"] = .integer(stage.stepsToTrain(plan))
    members["ramp_steps"] = plan.rampSteps.map { .integer($0) }
    members["gain_over_same"] = .optional(stage.gainOverSame(plan))
    members["gain_over_retuned_linear"] = .optional(stage.gainOverRetunedLinear(plan))
    members["equivalent_more_steps"] = .optional(stage.equivalentMoreSteps(option.kind))
    return members
  }

  private static func csv(of chain: ExtensionChain) -> [[String]] {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let header = [
      "from_steps", "to_steps", "plan", "feasible", "reason", "factor", "plateau_lr", "fraction",
      "cooldown_steps", "base_lr", "gamma", "omega", "change_at_step", "branch_at_step",
      "checkpoint_at_step", "steps_to_train", "ramp_steps",
      "gain_over_same", "gain_over_retuned_linear", "equivalent_more_steps",
    ]
    let rows = chain.stages.flatMap { stage in
      stage.options.map { option in
        let ends = ["\(stage.question.run.steps)", "\(stage.question.steps)", option.kind.rawValue]
        guard let plan = option.plan else {
          let reason = option.obstacle.map { "\($0)" } ?? ""
          return ends + ["false", reason] + [String](repeating: "", count: header.count - 5)
        }
        return ends + [
          "true", "", text(plan.factor), text(plateauRate(of: plan)), text(plan.cooldownShare),
          plan.cooldownSteps.map { "\($0)" } ?? "", text(plan.baseLearningRate), text(plan.gamma),
          text(plan.bound), "\(plan.changeAtStep)", "\(plan.branchAtStep)",
          "\(stage.checkpoint(of: plan))", "\(stage.stepsToTrain(plan))",
          plan.rampSteps.map { "\($0)" } ?? "",
          text(stage.gainOverSame(plan)), text(stage.gainOverRetunedLinear(plan)),
          text(stage.equivalentMoreSteps(option.kind)),
        ]
      }
    }
    return [header] + rows
  }
}
