import ArgumentParser
import Glibc
import Support

/// Runs the command and turns errors into one line on stderr and an exit code.
@main
enum Main {
  static func main() {
    openStandardStreams()
    guard let ending = ending(of: ProcessArguments.all) else { return }
    if let message = ending.message { printError(message) }
    exit(ending.code)
  }

  /// How a command line ends that does more than print its answer.
  struct Ending {
    /// The line for stderr.
    var message: String?

    let code: Int32
  }

  /// Runs a command line; nil where it has printed its answer and all is well.
  static func ending(of arguments: [String]) -> Ending? {
    do {
      _ = try CommandPath(arguments)
      var command = try LRBound.parseAsRoot(arguments)
      try OutputFiles.check(WrittenArguments(arguments, of: command))
      try command.run()
      return nil
    } catch {
      return ending(for: error, arguments)
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

  private static func ending(for error: any Error, _ arguments: [String]) -> Ending? {
    switch error {
    case let error as InputError:
      let code: Int32 =
        switch error.kind {
        case .value: 2
        case .contents: 3
        case .unanswerable: 4
        }
      return Ending(message: error.description, code: code)
    case let error as FailedCheck: return Ending(message: error.reason, code: 1)
    case _ where LRBound.exitCode(for: error) == .success:
      // Help, the version and completion scripts are data.
      do throws(InputError) {
        try StandardOutput.writeLine(LRBound.fullMessage(for: error))
        return nil
      } catch {
        return Ending(message: error.description, code: 3)
      }
    default: return Ending(message: message(of: error, arguments), code: 2)
    }
  }

  /// What is wrong with the command line, in one line.
  ///
  /// The parser wraps what a value's reader throws: "The value '3.5' is invalid for '--steps <t>': not a whole
  /// number; …". Its own messages begin with a capital and name no way out, so that the help is named.
  private static func message(of error: any Error, _ arguments: [String]) -> String {
    let message = LRBound.message(for: error).split(separator: "\n").joined(separator: " ")
    let opening = "The value '"
    if message.hasPrefix(opening), let value = message.range(of: "' is invalid for '"),
      let option = message.range(of: "': ", from: value.upperBound)
    {
      let text = message[
        message.index(message.startIndex, offsetBy: opening.count)..<value.lowerBound]
      let name = message[value.upperBound..<option.lowerBound].prefix { $0 != " " }
      let reason = message[option.upperBound...]
      // A schedule's error repeats what was given.
      let given = reason.hasPrefix("schedule '") ? "" : " '\(printable(String(text)))'"
      return "\(name)\(given): \(reason)"
    }
    guard message.first?.isUppercase == true else { return message }
    let command = (try? CommandPath(arguments))?.text ?? "lrbound"
    return "\(message); see \(command) --help"
  }
}

extension String {
  /// Where a piece of text first stands, at or after an index.
  fileprivate func range(of piece: String, from start: Index? = nil) -> Range<Index>? {
    var index = start ?? startIndex
    while index < endIndex {
      if self[index...].hasPrefix(piece) {
        return index..<self.index(index, offsetBy: piece.count)
      }
      index = self.index(after: index)
    }
    return nil
  }
}
