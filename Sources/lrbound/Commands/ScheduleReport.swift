import Schedules

/// What `schedule` has to say.
struct ScheduleReport {
  let report: Report

  init(_ named: NamedSchedule) {
    let schedule = named.schedule
    let stretches = schedule.stretches
    let sum = schedule.sum
    var text = [
      "\(named.title) over \(grouped(schedule.steps)) steps, that is \(named.meaning)", "",
    ]
    let shown = stretches.count > 12 ? Array(stretches.prefix(6)) + stretches.suffix(6) : stretches
    var rows = shown.map { stretch in
      [
        "\(grouped(stretch.steps.lowerBound)) – \(grouped(stretch.steps.upperBound))", stretch.kind,
        "\(significant(stretch.first, 6)) → \(significant(stretch.last, 6))",
      ]
    }
    if shown.count < stretches.count {
      rows.insert(["…", "\(stretches.count - shown.count) more", ""], at: 6)
    }
    text += columns([["steps", "what", "multiplier"]] + rows)
    text.append("")
    text += columns([
      ["first", significant(schedule.first, 6)], ["last", significant(schedule.last, 6)],
      ["sum", significant(sum, 8)], ["mean", significant(sum / Double(schedule.steps), 6)],
    ])
    if let rate = named.baseLearningRate {
      text += columns([
        ["base LR", significant(rate, 6) + named.rateSource],
        ["last LR", significant(rate * schedule.last, 6)],
      ])
    }
    if !named.findings.isEmpty {
      text.append("")
      text += columns(
        named.findings.map { [$0.severity.rawValue, $0.code, $0.message] })
    }
    var members = named.json
    members["peak"] = .number(schedule.peak)
    members["first"] = .number(schedule.first)
    members["last"] = .number(schedule.last)
    members["sum"] = .number(sum)
    members["base_lr"] = .optional(named.baseLearningRate)
    members["lint"] = named.lint
    members["stretches"] = .array(
      stretches.map { stretch in
        .object([
          "from_step": .integer(stretch.steps.lowerBound),
          "to_step": .integer(stretch.steps.upperBound), "kind": .string(stretch.kind),
          "first": .number(stretch.first), "last": .number(stretch.last),
        ])
      })
    report = Report(
      command: "schedule", text: text, json: members, csv: [], diagnostics: named.diagnostics)
  }
}
