import ArgumentParser
import Support

/// `lrbound completion`: the completion script of a shell.
struct CompletionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print the completion script of a shell.",
    discussion: """
        lrbound completion bash > ~/.local/share/bash-completion/completions/lrbound
        lrbound completion zsh > ~/.zfunc/_lrbound
        lrbound completion fish > ~/.config/fish/completions/lrbound.fish
      """)

  @Argument(
    help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]),
    transform: { text in
      guard let shell = CompletionShell(rawValue: text) else {
        throw InputError(problem: "no such shell", hint: "give bash, zsh or fish")
      }
      return shell
    })
  var shell: CompletionShell

  func run() throws {
    try StandardOutput.writeLine(LRBound.completionScript(for: shell))
  }
}
