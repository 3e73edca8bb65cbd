import ArgumentParser
import Bound
import Glibc
import Runs
import Schedules
import Search
import Support
import TheoryModel
import Transfer
import Tuning

/// Runs the command and turns errors into one line on stderr and an exit code.
@main
enum Main {
  static func main() {
    openStandardStreams()
    let arguments = ProcessArguments.all
    do {
      _ = try CommandPath(arguments)
      var command = try LRBound.parseAsRoot(arguments)
      try OutputFiles.check(WrittenArguments(arguments, of: command))
      try command.run()
    } catch {
      terminate(error)
    }
  }

  /// Opens the null device in place of standard streams that are closed, lest the next file that is opened
  /// take a report or a message.
  private static func openStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free descriptor is the one looked at.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
    }
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
      let command = (try? CommandPath(ProcessArguments.all))?.text ?? "lrbound"
      fail("\(message); see \(command) --help", code: 2)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    printError(message)
    exit(code)
  }
}
