import ArgumentParser

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

  @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  func run() throws {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw UsageError("'\(shell)': no such shell; give bash, zsh or fish")
    }
    try StandardOutput.writeLine(LRBound.completionScript(for: shell))
  }
}
