import ArgumentParser
import Bound
import Glibc
import Runs
import Schedules
import TheoryModel
import Transfer
import Tuning
import Workloads

/// Runs the command and turns errors into one line on stderr and an exit code.
@main
enum Main {
  static func main() {
    do {
      try checkCommandName()
      var command = try LRBound.parseAsRoot(ProcessArguments.all)
      try command.run()
    } catch {
      terminate(error)
    }
  }

  /// A misspelt command would otherwise be reported as an unknown option of none.
  private static func checkCommandName() throws {
    guard let name = ProcessArguments.all.first, !name.hasPrefix("-") else { return }
    let names = LRBound.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(name), name != "help" else { return }
    let guess = nearestSpelling(to: name, among: names).map { "did you mean \($0)?" }
    throw UsageError(
      "'\(printable(name))': no such command; \(guess ?? "give \(names.joined(separator: ", "))")")
  }

  private static func terminate(_ error: any Error) -> Never {
    if LRBound.exitCode(for: error) == .success {
      // Help, the version and completion scripts are data.
      do {
        try StandardOutput.writeLine(LRBound.fullMessage(for: error))
      } catch {
        fail("\(error)", code: 3)
      }
      exit(0)
    }
    switch error {
    case let error as UsageError: fail(error.description, code: 2)
    case let error as ScheduleError: fail(error.description, code: 2)
    case let error as DialectError: fail(error.description, code: 2)
    case let error as ExportError: fail(error.description, code: 2)
    case let error as FailedCheck:
      if let reason = error.reason { printError(reason) }
      exit(1)
    case let error as InputError: fail(error.description, code: 3)
    case let error as ScheduleMismatch: fail(error.description, code: 3)
    case let error as StandardOutput.Failure: fail(error.description, code: 3)
    case let error as RefinementError: fail(error.description, code: 3)
    case let error as ExtensionError: fail(error.description, code: 2)
    case let error as TrialLogError: fail(error.description, code: 3)
    case let error as WorkloadError: fail(error.description, code: 2)
    case let error as FreeFormError: fail(error.description, code: 2)
    case let error as NoAnswer: fail(error.description, code: 4)
    case let error as ModelTaskError: fail(error.description, code: 2)
    case let error as TheoryModelError:
      if case .notConverged = error { fail(error.description, code: 4) }
      fail(error.description, code: 2)
    case let error as BoundError:
      if case .notConverged = error { fail(error.description, code: 4) }
      fail(error.description, code: 2)
    default:
      let message = LRBound.message(for: error).split(separator: "\n").joined(separator: " ")
      let name = ProcessArguments.all.first { !$0.hasPrefix("-") }
      let command = name.map { "lrbound \($0)" } ?? "lrbound"
      fail("\(message); see \(command) --help", code: 2)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    printError(message)
    exit(code)
  }
}
