import ArgumentParser
import Charts
import Runs
import Schedules

/// `lrbound schedule`: what a spec means.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Show what a schedule means: stretches, end points, sums, values.",
    discussion: """
        lrbound schedule wsd20:decay=1-sqrt,warmup=300 --steps 10000
        lrbound schedule cosine:min=0.1 --steps 10000 --csv > schedule.csv
        lrbound schedule @schedule.csv
        lrbound schedule cosine:min=0.1 --steps 10000 --plot schedule.svg
      """)

  @OptionGroup var schedule: ScheduleOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Base learning rate; needed for min-lr=, adds LRs to the CSV.", valueName: "lr"))
  var lr: String?

  @OptionGroup var plot: PlotOptions

  func run() throws {
    let baseLearningRate = try lr.map { try Arguments.learningRate($0, "--lr") }
    let scheduledRun = try schedule.parsed()
    let spec = scheduledRun.spec
    let schedule = try scheduledRun.schedule(baseLearningRate: baseLearningRate)
    if plot.isWanted { Progress.announcePasses(2, steps: schedule.steps) }
    func chart() -> Chart {
      ScheduleChart(schedule, spec: spec, baseLearningRate: baseLearningRate).chart
    }
    if plot.output.format == .csv {
      try plot.writeFile(chart)
      try ScheduleTable(of: schedule, baseLearningRate: baseLearningRate)
        .forEachPiece { (piece: String) throws(StandardOutput.Failure) in
          try StandardOutput.write(piece)
        }
      return
    }

    let stretches = schedule.stretches
    let sum = schedule.sum
    var text = [
      "\(spec.text) over \(grouped(schedule.steps)) steps, that is \(spec.canonical)", "",
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
    if let rate = baseLearningRate ?? scheduledRun.fileBaseLearningRate {
      let source = baseLearningRate == nil ? " (the file's maximum)" : ""
      text += columns([
        ["base LR", significant(rate, 6) + source],
        ["last LR", significant(rate * schedule.last, 6)],
      ])
    }
    let report = Report(
      command: "schedule", text: text,
      json: [
        "spec": .string(spec.text), "canonical": .string(spec.canonical),
        "steps": .integer(schedule.steps), "peak": .number(schedule.peak),
        "first": .number(schedule.first), "last": .number(schedule.last), "sum": .number(sum),
        "stretches": .array(
          stretches.map { stretch in
            .object([
              "from_step": .integer(stretch.steps.lowerBound),
              "to_step": .integer(stretch.steps.upperBound), "kind": .string(stretch.kind),
              "first": .number(stretch.first), "last": .number(stretch.last),
            ])
          }),
      ],
      csv: [], notices: try scheduledRun.notices(baseLearningRate: baseLearningRate))
    try plot.print(report, chart: chart)
  }
}
