import ArgumentParser
import Search
import Support

/// `lrbound search emit`: writes the trials that are missing, for a cluster to run.
struct SearchEmitCommand: ReportingCommand {
  static let reportName = "search emit"
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

  @OptionGroup var search: SearchOptions

  @Option(
    required: "The folder of the search.", "folder", completion: .directory, transform: { $0 })
  var state: String

  @OptionGroup var array: ArrayOptions

  @Flag(help: "Run failed trials again.")
  var retryFailed = false

  @OptionGroup var output: OutputOptions

  func report() throws -> Report<EmittedBody> {
    let search = try ClusterSearch(self)
    let trials = SlurmTrials(search.command, log: search.log, retriesFailed: retryFailed)
    guard let round = try search.answer(trials).round, !round.missing.isEmpty else {
      return Report(
        EmittedBody(emitted: 0, scripts: [], complete: true), csv: .rows([["script"]]),
        text: {
          [.lines(["no trial is missing; lrbound search collect --state \(state) has the answer"])]
        })
    }
    if let refusal = round.tally.refusal {
      throw InputError(
        .unanswerable, problem: refusal.problem, hint: refusal.hint + " with --retry-failed")
    }
    let scripts = try trials.emit(round, slurm: search.slurm)
    let again = round.emitted.count
    let repeated = Diagnostic(
      code: "emitted-before",
      message:
        "\(grouped(again)) of the trials were written before and have no result; those still running are not begun twice"
    )
    return Report(
      EmittedBody(
        emitted: round.missing.count, emittedBefore: again, scripts: scripts, complete: false,
        trials: TrialsBody(round)), csv: .rows([["script"]] + scripts.map { [$0] }),
      diagnostics: again > 0 ? [repeated] : [],
      text: {
        [
          .lines([
            "\(grouped(round.missing.count)) of \(grouped(round.total)) trials, to be run by"
          ]), .lines(scripts.map { "  sbatch \($0)" }),
          .lines(["or all at once by bash \(state)/submit.sh"]),
        ]
      })
  }
}

/// What `lrbound search emit` has written.
struct EmittedBody: Codable {
  let emitted: Int
  var emittedBefore: Int?
  let scripts: [String]
  let complete: Bool
  var trials: TrialsBody?
}

/// How the trials of a search or of a round ended.
struct TrialsBody: Codable {
  let done: Int
  let diverged: Int
  let failed: Int
  var missing: Int?

  init(_ tally: TrialTally) {
    (done, diverged, failed) = (tally.done, tally.diverged, tally.failed)
  }

  init(_ round: SlurmRound) {
    self.init(round.tally)
    missing = round.missing.count
  }
}
