import ArgumentParser
import Bound
import Runs
import Schedules
import Transfer

extension ExtensionOption.Criterion: ExpressibleByArgument {}

/// `lrbound extend`: how a run of T1 steps goes on to T2.
struct ExtendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "How to go on with a run: lower plateau, longer cooldown, free form.",
    discussion: """
        lrbound extend --schedule wsd20 --steps 50000 --to-steps 100000 --lr 1e-3
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5,2e5,4e5 --lr 1e-3
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 \\
          --plan lower-plateau --schedule-out plan.csv
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 --now 45000
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 --plot plans.svg

      A longer run wants a smaller base learning rate. Each plan keeps the running one and changes the \
      schedule: of its kind it has the least Ω at the running learning rate, or with --criterion tuned \
      it is the plan for which that learning rate is the tuned one. Horizons count by T^-p with p = 1/3, \
      or by the bound itself (p = 1/2), which is shown beside it. --lr is the base learning rate tuned \
      for the run so far; without it plateau factors, cooldowns and bounds alone are given.

      Ω is the bound at the running learning rate; "worth" is how many more steps doing nothing (same) \
      would need for the same Ω at that learning rate. The free form ends within 1e-6 of the least Ω; \
      above 200,000 steps its search starts from a coarser one.

      \(CrossCheckOptions.discussion)
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The schedule of the run so far.", valueName: "spec"),
    completion: .schedules)
  var schedule: String

  @OptionGroup var horizons: HorizonOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The base learning rate of the run, tuned for it.", valueName: "lr"))
  var lr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Length of new cooldowns: 0.1, 10% or 5000steps; the schedule's own without it (20% if none).",
      valueName: "length"))
  var cooldown: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Steps made so far: prices going on from there (re-warming) beside going back.",
      valueName: "t"))
  var now: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Steps between saved checkpoints: each plan names the one to start from.", valueName: "n"))
  var saveEvery: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "What a plan is best in: least-bound (the least Ω at the running learning rate) or tuned (the running learning rate is the tuned one).",
      valueName: "criterion"),
    completion: .list(ExtensionOption.Criterion.allCases.map(\.rawValue)))
  var criterion = ExtensionOption.Criterion.leastBound

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Steps that the free form keeps.", valueName: "t"))
  var branchStep: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Highest learning rate of the free form; the running one without it.", valueName: "lr"))
  var cap: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      """
      The plan to follow and to write, instead of the recommended one: \
      \(ExtensionOption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).
      """, valueName: "plan"),
    completion: .list(ExtensionOption.Kind.allCases.map(\.rawValue)))
  var plan: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Write the plan's schedule to a CSV file, one row a step.", valueName: "csv"),
    completion: .file(extensions: ["csv"]))
  var scheduleOut: String?

  @OptionGroup var ruleOptions: RuleOptions
  @OptionGroup var crossCheck: CrossCheckOptions
  @OptionGroup var scale: ScaleOptions
  @OptionGroup var exportOptions: ExportOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    try exportOptions.check(plot)
    let tasks = try crossCheck.parsedTasks(for: plot.output)
    let setup = try ExtendSetup(self)
    let chain = try setup.chain()
    if let scheduleOut { try setup.write(chain, to: scheduleOut) }
    let report = ExtendReport(
      chain: chain, base: setup.base, bound: try setup.boundStage(),
      models: try tasks.map { try chain.crossCheck(tasks: $0) }?.map { model in
        model.map {
          CrossCheckReport(
            $0.check, boundRatio: $0.boundRatio, answerRatio: $0.answerRatio,
            isExplained: crossCheck.explain)
        }
      },
      diagnostics: setup.diagnostics, assumptions: setup.assumptions)
    var printed = report.report
    if exportOptions.export != nil { printed.diagnostics += try setup.exportDiagnostics(of: chain) }
    try exportOptions.print(printed, plot: plot) {
      let (kind, plan) = try setup.followedPlan(of: chain)
      return (plan.schedule, "\(setup.base.name), \(kind.rawValue)", plan.baseLearningRate)
    } chart: {
      ExtendChart(
        chain.stages[chain.stages.count - 1], followed: chain.followed[chain.followed.count - 1]
      )
      .chart
    }
  }
}
