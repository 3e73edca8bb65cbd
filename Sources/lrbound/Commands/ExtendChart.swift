import Charts
import Transfer

/// The chart of `extend`: the learning rates of the plans that go on, the followed one on top.
struct ExtendChart {
  let chart: Chart

  init(_ stage: ExtensionAnswer, followed: ExtensionOption.Kind) {
    let question = stage.question
    let isKnown = question.run.baseLearningRate != nil
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
    chart = Chart(
      title: "From \(grouped(question.run.steps)) to \(grouped(question.steps)) steps: "
        + "\(followed.rawValue) and the other plans",
      x: ChartAxis("step"),
      y: ChartAxis(
        isKnown ? "learning rate" : "learning rate / the running base one", lowest: 0),
      series: shown.map { kind, plan in
        ChartSeries(
          kind.rawValue, plan.schedule,
          times: plan.baseLearningRate ?? plan.gamma / stage.gamma)
      }, references: references)
  }
}
