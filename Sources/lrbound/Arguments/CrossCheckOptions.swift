import ArgumentParser
import Support
import TheoryModel

/// Whether to ask the solvable model for its view, and on which tasks.
struct CrossCheckOptions: ParsableArguments {
  @Option(
    repeated: "A task of the theory model instead of the six built in; may be given again.",
    "a,b,noise,batch", transform: Arguments.modelTask)
  var task: [ModelTask] = []

  @Flag(help: "Leave the theory model's cross-check out.")
  var noCrossCheck = false

  @Flag(help: "Say what the theory finds and how the answer comes about (--json always does).")
  var explain = false

  /// Whether the text says what the tasks find: own tasks are asked for to be seen.
  var isShown: Bool { explain || !task.isEmpty }

  /// What the options mean, for the help of a command.
  static let discussion = """
    The cross-check tunes both schedules in a solvable model, SGD on features of variance k^-b for a \
    target whose power falls like k^-a, with label noise (a variance, or a percentage of the loss before \
    training) and a batch size. It takes six tasks: E1 (3,1.5,10%,1), E2 (2,1.25,10%,1), \
    E3 (1.6,1.2,10%,1), L1 (1.8,1.4,10%,8), L2 (2.5,2,3%,1) and H (1.5,2,100%,1). L1 and L2 reproduce \
    published sweeps of language models; a and b are illustrative, not fitted to any model. The model's \
    steps are not yours, so all its horizons count: it warns where at none of them a task's own ratio is \
    within 1.25x of the answer, at a cost of at most 3 % more excess loss.
    """

  func validate() throws {
    if noCrossCheck, !task.isEmpty {
      throw InputError.usage(
        "--no-cross-check: --task has no use without it", "leave one of them out")
    }
  }

  /// The tasks; nil where there is to be no cross-check.
  func tasks(for output: OutputOptions) throws -> [ModelTask]? {
    if explain, output.format != .text, output.format != .markdown {
      throw InputError.usage(
        "--explain is about the text, and --json says everything", "leave it out")
    }
    return noCrossCheck ? nil : task.isEmpty ? CrossCheck.standardTasks : task
  }
}
