import ArgumentParser
import Search
import Support

/// `lrbound search collect`: reads the results of emitted trials.
struct SearchCollectCommand: DrawingCommand {
  static let reportName = "search"
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
    required: "The folder of the search.", "folder", completion: .directory, transform: { $0 })
  var state: String

  @Flag(help: "Count trials without a result as failed, and go on without them.")
  var giveUp = false

  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<SearchBody> {
    let (answer, round) = try answer()
    guard let answer else { throw unfinished(round) }
    return SearchBody.report(answer)
  }

  func run() throws {
    let (answer, round) = try answer()
    if let answer { return try print(SearchBody.report(answer)) }
    try PendingBody.report(round).print(as: output.format, command: "search collect")
    throw unfinished(round)
  }

  /// The answer, or the round that it waits for.
  private func answer() throws -> (SearchAnswer?, SlurmRound) {
    guard let search = try ClusterSearch(state: state) else {
      throw InputError(
        path: state, problem: "no search was begun there", hint: "begin one by search emit")
    }
    let trials = SlurmTrials(search.command, log: search.log)
    var (answer, round) = try search.answer(trials)
    if answer == nil, giveUp, let waiting = round, !waiting.emitted.isEmpty {
      try trials.giveUp(waiting)
      (answer, round) = try search.answer(trials)
    }
    guard let round else { preconditionFailure("a search has a first round") }
    return (answer, round)
  }

  private func unfinished(_ round: SlurmRound) -> InputError {
    round.tally.refusal
      ?? InputError(
        .unanswerable,
        problem:
          "\(grouped(round.missing.count)) of \(grouped(round.total)) trials have no result",
        hint: "lrbound search emit --state \(state) writes them")
  }
}

/// How far a round of emitted trials is.
struct PendingBody: Codable {
  let complete: Bool
  let trials: TrialsBody
  let missing: [String]

  static func report(_ round: SlurmRound) -> Report<PendingBody> {
    Report(
      PendingBody(complete: false, trials: TrialsBody(round), missing: round.emitted),
      csv: .rows([["missing"]] + round.emitted.map { [$0] })
    ) {
      let tally = round.tally
      let emitted = round.emitted.count
      let missing = grouped(round.missing.count)
      var rows = [
        ["trials of the round", grouped(round.total)],
        ["ended", "\(grouped(tally.done)), of which \(grouped(tally.diverged)) diverged"],
        ["failed", grouped(tally.failed)],
        [
          "missing",
          emitted == 0
            ? "\(missing), not yet written" : "\(missing), \(grouped(round.begun)) of them begun",
        ],
      ]
      if let reason = tally.reason { rows.append(["first failure", reason]) }
      guard emitted > 0 else { return [.facts(rows)] }
      let shown = round.emitted.prefix(5)
      let more =
        emitted > shown.count ? ["  and \(grouped(emitted - shown.count)) more"] : []
      return [.facts(rows), .lines(["without a result"] + shown.map { "  \($0)" } + more)]
    }
  }
}
