import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// Whether to ask the solvable model for its view, and on which tasks.
struct CrossCheckOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A task of the theory model instead of the six built in; may be given again.",
      valueName: "a,b,noise,batch"))
  var task: [String] = []

  @Flag(name: .long, help: "Leave the theory model's cross-check out.")
  var noCrossCheck = false

  @Flag(name: .long, help: "Say in full what the theory model's tasks find (--json always does).")
  var explain = false

  /// What the options mean, for the help of a command.
  static let discussion = """
    The cross-check tunes both schedules in a solvable model, SGD on features of variance k^-b for a \
    target whose power falls like k^-a, with label noise as a fraction of the initial loss and a batch \
    size. It takes six tasks: E1 (3,1.5,.1,1), E2 (2,1.25,.1,1), E3 (1.6,1.2,.1,1), L1 (1.8,1.4,.1,8), \
    L2 (2.5,2,.03,1) and H (1.5,2,1,1). L1 and L2 were chosen because they reproduce published sweeps of \
    language models; a and b are illustrative, not fitted to any model. The model's steps are not yours, \
    so that all its horizons count: it warns where at none of them a task's own ratio is within 1.25x of \
    the answer, at a cost of at most 3 % more excess loss.
    """

  /// The tasks; nil where there is to be no cross-check.
  func parsedTasks(for output: OutputOptions) throws(UsageError) -> [CrossCheckTask]? {
    if explain, output.format != .text {
      throw UsageError("--explain is about the text, and --json says everything; leave it out")
    }
    guard !noCrossCheck else {
      guard task.isEmpty else {
        throw UsageError("--no-cross-check: --task has no use without it; leave one of them out")
      }
      guard !explain else {
        throw UsageError("--no-cross-check: nothing is left to --explain; leave one of them out")
      }
      return nil
    }
    var tasks: [CrossCheckTask] = []
    for text in task { tasks.append(try Self.task(text)) }
    return tasks.isEmpty ? CrossCheckTask.standard : tasks
  }

  private static func task(_ text: String) throws(UsageError) -> CrossCheckTask {
    let values = try Arguments.list(text, "--task").compactMap { decimal($0) }
    guard values.count == 4, text.count(where: { $0 == "," }) == 3 else {
      throw UsageError(
        "--task '\(printable(text))': give four numbers a,b,noise,batch like 1.8,1.4,0.1,8")
    }
    do {
      return try CrossCheckTask(
        name: text, taskExponent: values[0], spectrumExponent: values[1], relativeNoise: values[2],
        batch: values[3])
    } catch {
      throw UsageError("--task '\(printable(text))': \(error)")
    }
  }
}
