import ArgumentParser
import Runs
import Schedules
import Search
import Support

/// `lrbound search emit`: writes the trials that are missing, for a cluster to run.
struct SearchEmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emit",
    abstract: "Write the trials of a search that are missing, for Slurm to run.",
    discussion: """
        lrbound search emit tps --steps 500 --grid 1e-3,1e-1,5 --state found \\
          --command 'python train.py {base_lr} {schedule_file} {seed}' \\
          --sbatch=--time=1:00:00
        bash found/submit.sh
        lrbound search collect --state found

      A search goes on in rounds: all shapes first, then the best again and again. When the jobs of a round \
      are over, collect reads their results; emit with nothing but --state then writes what is missing of the \
      round, or the next round, until collect has the answer. The folder must be seen by this machine and by \
      the cluster under one path.

      Trials that were killed have no result and are written again; failed ones count as failed, unless \
      --retry-failed asks for them anew. Emitting too early does no harm: a trial that runs is not begun twice.
      """)

  @OptionGroup var question: SearchQuestion

  @Option(
    name: .long,
    help: ArgumentHelp("The folder of the search.", valueName: "folder"), completion: .directory)
  var state: String

  @OptionGroup var array: ArrayOptions

  @Flag(name: .long, help: "Run failed trials again.")
  var retryFailed = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let search = try ClusterSearch(self)
    let trials = SlurmTrials(search.command, log: search.log, retriesFailed: retryFailed)
    do {
      _ = try search.setup.report(evaluate: trials.outcomes)
    } catch let pending as PendingTrials {
      if let refusal = NoAnswer(done: pending.done, failed: pending.failed, pending.reason) {
        throw NoAnswer(description: refusal.description + " with --retry-failed")
      }
      let scripts = try trials.emit(pending, slurm: search.slurm)
      try report(pending, scripts: scripts).print(as: output.format)
      return
    }
    let done = "no trial is missing"
    try Report(
      command: "search emit",
      text: ["\(done); lrbound search collect --state \(state) has the answer"],
      json: ["emitted": .integer(0), "scripts": .array([]), "complete": .boolean(true)],
      csv: [["script"]]
    ).print(as: output.format)
  }

  private func report(_ pending: PendingTrials, scripts: [String]) -> Report {
    let again = pending.emitted.count
    var diagnostics: [Diagnostic] = []
    if again > 0 {
      diagnostics.append(
        Diagnostic(
          code: "emitted-before",
          message:
            "\(grouped(again)) of the trials were written before and have no result; those still running are not begun twice"
        ))
    }
    return Report(
      command: "search emit",
      text: [
        "\(grouped(pending.missing.count)) of \(grouped(pending.total)) trials, to be run by", "",
      ]
        + scripts.map { "  sbatch \($0)" } + ["", "or all at once by bash \(state)/submit.sh"],
      json: [
        "emitted": .integer(pending.missing.count), "emitted_before": .integer(again),
        "scripts": .array(scripts.map { .string($0) }), "complete": .boolean(false),
        "trials": pending.json,
      ],
      csv: [["script"]] + scripts.map { [$0] }, diagnostics: diagnostics)
  }
}

extension PendingTrials {
  /// The counts, as reports have them.
  var json: JSONValue {
    .object([
      "done": .integer(done), "diverged": .integer(diverged), "failed": .integer(failed),
      "missing": .integer(missing.count),
    ])
  }
}
