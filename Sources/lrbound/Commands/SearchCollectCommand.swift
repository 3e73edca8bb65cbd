import ArgumentParser
import Runs
import Schedules
import Search
import Support

/// `lrbound search collect`: reads the results of emitted trials.
struct SearchCollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect",
    abstract: "Read the results of the trials that search emit wrote.",
    discussion: """
        lrbound search collect --state found

      Results are read from the trials' folders, and nobody is asked how a job ended: a trial without a \
      result runs, waits, or was killed. While any is missing the exit code is 4, and search emit writes \
      them again, or the next round; with none missing the answer is that of lrbound search.
      """)

  @Option(
    name: .long,
    help: ArgumentHelp("The folder of the search.", valueName: "folder"), completion: .directory)
  var state: String

  @Flag(name: .long, help: "Count trials without a result as failed, and go on without them.")
  var giveUp = false

  @OptionGroup var plot: PlotOptions

  func run() throws {
    guard let search = try ClusterSearch(state: state) else {
      throw InputError(
        path: state, problem: "no search was begun there", hint: "begin one by search emit")
    }
    let trials = SlurmTrials(search.command, log: search.log)
    do {
      do {
        try show(search.setup.report(evaluate: trials.outcomes))
      } catch let pending as PendingTrials where giveUp && !pending.emitted.isEmpty {
        try trials.giveUp(pending)
        try show(search.setup.report(evaluate: trials.outcomes))
      }
    } catch let pending as PendingTrials {
      try report(pending).print(as: plot.output.format)
      if let refusal = NoAnswer(done: pending.done, failed: pending.failed, pending.reason) {
        throw refusal
      }
      throw NoAnswer(
        description:
          "\(grouped(pending.missing.count)) of \(grouped(pending.total)) trials have no result; lrbound search emit --state \(state) writes them"
      )
    }
  }

  private func show(_ found: SearchReport) throws {
    try plot.print(found.report) { found.chart }
  }

  private func report(_ pending: PendingTrials) -> Report {
    let emitted = pending.emitted.count
    var rows = [
      ["trials of the round", grouped(pending.total)],
      ["ended", "\(grouped(pending.done)), of which \(grouped(pending.diverged)) diverged"],
      ["failed", grouped(pending.failed)],
      [
        "missing",
        emitted == 0
          ? "\(grouped(pending.missing.count)), not yet written"
          : "\(grouped(pending.missing.count)), \(grouped(pending.begun)) of them begun",
      ],
    ]
    if let reason = pending.reason { rows.append(["first failure", reason]) }
    let shown = pending.emitted.prefix(5)
    var text = columns(rows)
    if !shown.isEmpty { text += ["", "without a result"] + shown.map { "  \($0)" } }
    if emitted > shown.count { text.append("  and \(grouped(emitted - shown.count)) more") }
    return Report(
      command: "search collect", text: text,
      json: [
        "complete": .boolean(false), "trials": pending.json,
        "missing": .array(pending.emitted.map { .string($0) }),
      ],
      csv: [["missing"]] + pending.emitted.map { [$0] })
  }
}
