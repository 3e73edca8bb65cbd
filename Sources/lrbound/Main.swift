import ArgumentParser
import Bound
import Glibc
import Runs
import Schedules

/// Runs the command and turns errors into one line on stderr and an exit code.
@main
enum Main {
  static func main() {
    do {
      var command = try LRBound.parseAsRoot()
      try command.run()
      fflush(nil)
    } catch {
      terminate(error)
    }
  }

  private static func terminate(_ error: any Error) -> Never {
    if LRBound.exitCode(for: error) == .success {
      // Help, the version and completion scripts are data.
      print(LRBound.fullMessage(for: error))
      fflush(nil)
      exit(0)
    }
    fflush(nil)
    switch error {
    case let error as UsageError: fail(error.description, code: 2)
    case let error as ScheduleError: fail(error.description, code: 2)
    case let error as InputError: fail(error.description, code: 3)
    case let error as BoundError:
      if case .notConverged = error { fail(error.description, code: 4) }
      fail(error.description, code: 2)
    default:
      let message = LRBound.message(for: error).split(separator: "\n").joined(separator: " ")
      fail(message + "; see lrbound --help", code: 2)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    printError(message)
    exit(code)
  }
}
