import ArgumentParser
import Schedules
import Search
import Support

/// A search whose trials run on a cluster: what its state folder and the command line say together.
struct ClusterSearch {
  let requested: RequestedSearch
  let command: ExternalCommand
  let log: TrialLog
  let slurm: SlurmArray

  /// The search that `search emit` begins or goes on with.
  ///
  /// A new --command replaces what the folder remembers; without one, what is given is added to it.
  init(_ emit: SearchEmitCommand) throws {
    let isNew = emit.search.command.command != nil
    let known = isNew ? nil : try SavedSearch.read(from: emit.state)
    guard isNew || known != nil else {
      throw InputError.usage(
        "--state '\(printable(emit.state))': no search was begun there", "add --command")
    }
    let arguments = (known?.arguments ?? []) + Self.givenArguments
    try self.init(arguments, state: emit.state, workingFolder: known?.workingFolder)
    try SavedSearch(arguments: arguments, workingFolder: command.workingFolder)
      .write(to: command.state)
  }

  /// The search that a folder remembers; nil where there is none.
  init?(state: String) throws {
    guard let known = try SavedSearch.read(from: state) else { return nil }
    try self.init(known.arguments, state: state, workingFolder: known.workingFolder)
  }

  private init(_ arguments: [String], state: String, workingFolder: String?) throws {
    let emit = try SearchEmitCommand.parse(arguments)
    slurm = try emit.array.array
    requested = try emit.search.requested(state: state, workingFolder: workingFolder)
    guard let command = requested.workload as? ExternalCommand else {
      throw InputError.usage("a cluster runs training commands only", "add --command")
    }
    self.command = command
    log = try TrialLog(folder: command.state, identity: command.identity)
  }

  /// The answer, or nil and the round of trials that it waits for.
  func answer(_ trials: SlurmTrials) throws -> (answer: SearchAnswer?, round: SlurmRound?) {
    var round: SlurmRound?
    let answer = try requested.answer { asked in
      let current = try trials.round(of: asked)
      round = current
      return current.outcomes
    }
    return (answer, round)
  }

  /// What stands behind `search emit` on the command line, without what is for this call only.
  private static var givenArguments: [String] {
    let given = ProcessArguments.all.drop { $0 != "emit" }.dropFirst()
    return given.filter { !["--json", "--csv", "--markdown", "--retry-failed"].contains($0) }
  }
}
