import Charts
import Schedules
import Support
import Transfer

/// What `lrbound extend` answers: its last stage, and all of them where there are several.
struct ExtendBody: Codable {
  /// One horizon.
  struct Stage: Codable {
    let from: Steps
    let to: Horizon
    let options: [Plan]
    let criterion: ExtensionOption.Criterion
    let recommended: ExtensionOption.Kind
    let followed: ExtensionOption.Kind
    let bound: PlainBound?
    let theoryModel: TheoryModelBody?
  }

  struct Steps: Codable { let steps: Int }

  /// Where a stage goes to, and γ at which it runs.
  struct Horizon: Codable {
    let steps: Int
    let gamma: Double
  }

  /// The first stage by the bound alone.
  struct PlainBound: Codable {
    let gamma: Double
    let options: [Plan]
  }

  /// One way to go on.
  struct Plan: Codable {
    let kind: ExtensionOption.Kind
    let feasible: Bool
    var reason: String?
    var longestSteps: Int?
    var longestRatio: Double?
    var factor: Double?
    var plateauLearningRate: Double?
    var fraction: Double?
    var cooldownSteps: Int?
    var baseLearningRate: Double?
    var gamma: Double?
    var omega: Double?
    var changeAtStep: Int?
    var branchAtStep: Int?
    var checkpointAtStep: Int?
    var stepsToTrain: Int?
    var rampSteps: Int?
    var gainOverSame: Double?
    var gainOverRetunedLinear: Double?
    var equivalentMoreSteps: Double?
  }

  /// A plan with the horizons that it lies between.
  private struct Row: Codable {
    let from: Int
    let to: Int
    let plan: Plan
  }

  let from: RunEcho
  let to: Horizon
  let options: [Plan]
  let criterion: ExtensionOption.Criterion
  let recommended: ExtensionOption.Kind
  let followed: ExtensionOption.Kind
  let bound: PlainBound?
  let theoryModel: TheoryModelBody?
  let rule: RuleEcho
  let stages: [Stage]?

  static func report(
    _ chain: ExtensionChain, base: TrainingRun, bound: ExtensionAnswer?,
    models: [CrossCheckView]?, isExplained: Bool, notes: Notes
  ) -> Report<ExtendBody> {
    let stages = chain.stages.indices.map { index in
      Stage(
        chain.stages[index], bound: index == 0 ? bound : nil, followed: chain.followed[index],
        model: models?[index])
    }
    let (first, last) = (chain.stages[0], stages[stages.count - 1])
    let body = ExtendBody(
      from: RunEcho(base, baseLearningRate: first.question.run.baseLearningRate), to: last.to,
      options: last.options, criterion: last.criterion, recommended: last.recommended,
      followed: last.followed, bound: last.bound, theoryModel: last.theoryModel,
      rule: RuleEcho(first.question.rule, at: base.horizon), stages: stages.count > 1 ? stages : nil
    )
    let repeated = chain.stages.flatMap(\.diagnostics)
    let rows = stages.flatMap { stage in
      stage.options.map { Row(from: stage.from.steps, to: stage.to.steps, plan: $0) }
    }
    return Report(
      body,
      csv: .records(
        rows, "from_steps=from", "to_steps=to", "plan=plan.kind", "feasible=plan.feasible",
        "reason=plan.reason", "factor=plan.factor", "plateau_lr=plan.plateau_lr",
        "fraction=plan.fraction", "cooldown_steps=plan.cooldown_steps", "base_lr=plan.base_lr",
        "gamma=plan.gamma", "omega=plan.omega", "change_at_step=plan.change_at_step",
        "branch_at_step=plan.branch_at_step", "checkpoint_at_step=plan.checkpoint_at_step",
        "steps_to_train=plan.steps_to_train", "ramp_steps=plan.ramp_steps",
        "gain_over_same=plan.gain_over_same",
        "gain_over_retuned_linear=plan.gain_over_retuned_linear",
        "equivalent_more_steps=plan.equivalent_more_steps"),
      diagnostics: notes.diagnostics
        + repeated.enumerated().filter { !repeated[..<$0.offset].contains($0.element) }
        .map(\.element) + (models?.last?.diagnostics ?? []),
      assumptions: notes.assumptions + [first.question.rule.explanation(at: base.horizon)],
      chart: { chart(chain) },
      text: {
        chain.stages.indices.flatMap { index in
          text(
            of: chain.stages[index],
            name: index == 0 ? base.name : "then, from \(chain.followed[index - 1].rawValue)",
            bound: index == 0 ? bound : nil, followed: chain.followed[index])
            + (isExplained ? models.map { [.facts($0[index].rows)] } ?? [] : [])
        }
      })
  }

  // MARK: - Text

  private static func text(
    of stage: ExtensionAnswer, name: String, bound: ExtensionAnswer?, followed: ExtensionOption.Kind
  ) -> [TextBlock] {
    let question = stage.question
    var rows: [[String]] = [
      [
        "plan", "base LR", "γ", "plateau ×", "cooldown", "Ω", "vs same", "vs fresh linear", "worth",
        "branch at", "change at",
      ]
    ]
    for option in stage.options {
      guard let plan = option.plan else { continue }
      let checkpoint = stage.checkpoint(of: plan)
      rows.append([
        option.kind.rawValue, plan.baseLearningRate.map { significant($0) } ?? "–",
        significant(plan.gamma), plan.factor.map { significant($0, 5) } ?? "–",
        cooldown(of: plan), significant(plan.bound, 5), excess(stage.gainOverSame(plan)),
        excess(stage.gainOverRetunedLinear(plan)), worth(stage.equivalentMoreSteps(option.kind)),
        checkpoint == 0 ? "start over" : grouped(checkpoint),
        plan.startsOver ? "–" : grouped(plan.changeAtStep),
      ])
    }
    var blocks: [TextBlock] = [
      .lines(["\(name): \(grouped(question.run.steps)) → \(grouped(question.steps)) steps"]),
      .table(rows),
    ]
    let obstacles = stage.options.compactMap { option in
      option.obstacle.map { "  no \(option.kind.rawValue): \($0)" }
    }
    if !obstacles.isEmpty { blocks.append(.lines(obstacles)) }
    if let bound { blocks.append(.lines(["  by the bound itself: " + summary(of: bound)])) }
    if let plan = stage.option(followed)?.plan {
      let label = followed == stage.recommended ? "recommended" : "followed"
      blocks.append(.lines(["  \(label): \(followed.rawValue), \(advice(plan, in: stage))"]))
    }
    return blocks
  }

  private static func cooldown(of plan: ExtensionOption.Plan) -> String {
    plan.cooldownShare.map { percent($0, 4) } ?? "–"
  }

  /// How far a plan's bound lies above another.
  private static func excess(_ gain: Double?) -> String { gain.map { signed(-$0) } ?? "–" }

  private static func worth(_ steps: Double?) -> String {
    guard let steps else { return "out of reach" }
    return steps == 0 ? "–" : signed(steps) + " steps"
  }

  private static func signed(_ value: Double) -> String {
    value == 0 ? "–" : (value > 0 ? "+" : "") + percent(value)
  }

  private static func summary(of answer: ExtensionAnswer) -> String {
    var phrases: [String] = []
    if let factor = answer.option(.lowerPlateau)?.plan?.factor {
      phrases.append("plateau × \(significant(factor, 5))")
    }
    switch answer.option(.longerCooldown)?.outcome {
    case .feasible(let plan): phrases.append("or a cooldown of \(cooldown(of: plan))")
    case .infeasible(.cooldownTooShort(_, let ratio)):
      phrases.append("a longer cooldown reaches \(significant(ratio, 5))× only")
    case .infeasible, nil: break
    }
    return phrases.isEmpty ? "nothing to lower" : phrases.joined(separator: ", ")
  }

  /// What to do, in words.
  private static func advice(_ plan: ExtensionOption.Plan, in stage: ExtensionAnswer) -> String {
    let rate = plan.baseLearningRate.map { " at \(significant($0))" } ?? ""
    let checkpoint = stage.checkpoint(of: plan)
    guard checkpoint > 0 else { return "started over\(rate)" }
    var phrases = ["from the checkpoint of step \(grouped(checkpoint))"]
    if let ramp = plan.rampSteps { phrases.append("back up over \(grouped(ramp)) steps") }
    if let factor = plan.factor, factor < 1 {
      let level = plan.plateauLearningRate.map { ", that is an LR of \(significant($0))" } ?? ""
      phrases.append("plateau × \(significant(factor))\(level)")
    } else if plan.factor == 1 {
      phrases.append("plateau kept")
    }
    if let steps = plan.cooldownSteps {
      phrases.append("cooldown over the last \(grouped(steps)) steps")
    }
    phrases.append("\(grouped(stage.stepsToTrain(plan))) steps to train")
    return phrases.joined(separator: ", ")
  }

  // MARK: - Chart

  /// The learning rates of the plans that go on, the followed one on top.
  private static func chart(_ chain: ExtensionChain) -> Chart {
    let stage = chain.stages[chain.stages.count - 1]
    let followed = chain.followed[chain.followed.count - 1]
    let question = stage.question
    let plans = stage.options.compactMap { option in
      option.plan.map { (kind: option.kind, plan: $0) }
    }
    let shown =
      plans.filter { !$0.plan.startsOver && $0.kind != followed }
      + plans.filter { $0.kind == followed }
    var references = [
      ChartReference("the run so far", at: .vertical(Double(question.run.steps)))
    ]
    if let plan = stage.option(followed)?.plan, !plan.startsOver {
      references.append(
        ChartReference(
          "checkpoint of \(followed.rawValue)", at: .vertical(Double(plan.branchAtStep))))
    }
    return Chart(
      title: "From \(grouped(question.run.steps)) to \(grouped(question.steps)) steps: "
        + "\(followed.rawValue) and the other plans",
      x: ChartAxis("step"),
      y: ChartAxis(
        question.run.baseLearningRate != nil
          ? "learning rate" : "learning rate / the running base one", lowest: 0),
      series: shown.map { kind, plan in
        ChartSeries(
          kind.rawValue, plan.schedule, times: plan.baseLearningRate ?? plan.gamma / stage.gamma)
      }, references: references)
  }
}

extension ExtendBody.Stage {
  init(
    _ stage: ExtensionAnswer, bound: ExtensionAnswer?, followed: ExtensionOption.Kind,
    model: CrossCheckView?
  ) {
    let question = stage.question
    self.init(
      from: .init(steps: question.run.steps), to: .init(steps: question.steps, gamma: stage.gamma),
      options: stage.options.map { ExtendBody.Plan($0, in: stage) },
      criterion: question.criterion, recommended: stage.recommended, followed: followed,
      bound: bound.map { bound in
        .init(gamma: bound.gamma, options: bound.options.map { ExtendBody.Plan($0, in: bound) })
      }, theoryModel: model?.body)
  }
}

extension ExtendBody.Plan {
  init(_ option: ExtensionOption, in stage: ExtensionAnswer) {
    self.init(
      kind: option.kind, feasible: option.plan != nil, reason: option.obstacle.map { "\($0)" })
    if case .cooldownTooShort(let steps, let ratio) = option.obstacle {
      (longestSteps, longestRatio) = (Int(steps), ratio)
    }
    guard let plan = option.plan else { return }
    (factor, plateauLearningRate) = (plan.factor, plan.plateauLearningRate)
    (fraction, cooldownSteps) = (plan.cooldownShare, plan.cooldownSteps)
    (baseLearningRate, gamma, omega) = (plan.baseLearningRate, plan.gamma, plan.bound)
    (changeAtStep, branchAtStep) = (plan.changeAtStep, plan.branchAtStep)
    (checkpointAtStep, rampSteps) = (stage.checkpoint(of: plan), plan.rampSteps)
    stepsToTrain = stage.stepsToTrain(plan)
    gainOverSame = stage.gainOverSame(plan)
    gainOverRetunedLinear = stage.gainOverRetunedLinear(plan)
    equivalentMoreSteps = stage.equivalentMoreSteps(option.kind)
  }
}

extension ExtensionOption.Kind: Codable {}
extension ExtensionOption.Criterion: Codable {}
