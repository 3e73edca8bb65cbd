import ArgumentParser
import Schedules
import Workloads

/// A search whose trials run on a cluster: what its state folder and the command line say together.
struct ClusterSearch {
  let setup: SearchSetup
  let command: ExternalCommand
  let log: TrialLog
  let slurm: SlurmArray

  /// The search that `search emit` begins or goes on with.
  ///
  /// A new --command replaces what the folder remembers; without one, what is given is added to it.
  init(_ emit: SearchEmitCommand) throws {
    let known =
      emit.question.command.command == nil ? try SearchArguments.read(from: emit.state) : []
    guard let known else {
      throw UsageError(
        "--state '\(printable(emit.state))': no search was begun there; add --command")
    }
    let arguments = known + Self.givenArguments
    try self.init(arguments: arguments, state: emit.state)
    try SearchArguments.write(arguments, to: emit.state)
  }

  /// The search that a folder remembers; nil where there is none.
  init?(state: String) throws {
    guard let known = try SearchArguments.read(from: state) else { return nil }
    try self.init(arguments: known, state: state)
  }

  private init(arguments: [String], state: String) throws {
    let emit = try SearchEmitCommand.parse(arguments)
    slurm = try emit.array.parsed()
    setup = try emit.question.parsed(state: state)
    guard let command = setup.workload as? ExternalCommand else {
      throw UsageError("a cluster runs training commands only; add --command")
    }
    self.command = command
    log = try TrialLog(folder: command.state, identity: command.identity)
  }

  /// What stands behind `search emit` on the command line, without what is for this call only.
  private static var givenArguments: [String] {
    let given = CommandLine.arguments.drop { $0 != "emit" }.dropFirst()
    return given.filter { !["--json", "--csv", "--retry-failed"].contains($0) }
  }
}
