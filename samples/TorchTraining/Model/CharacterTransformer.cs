using TorchSharp;
using TorchSharp.Modules;
using TorchTraining.Text;

namespace TorchTraining.Model;

/// <summary>A decoder-only transformer over characters (Radford et al. 2018, "GPT"), with 60,000 parameters.</summary>
internal sealed class CharacterTransformer : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    public const int Width = 48;
    public const int Layers = 2;

    private readonly Embedding _characters;
    private readonly Embedding _positions;
    private readonly ModuleList<TransformerBlock> _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear _head;

    public CharacterTransformer()
        : base(nameof(CharacterTransformer))
    {
        _characters = torch.nn.Embedding(Grammar.Characters.Length, Width);
        _positions = torch.nn.Embedding(SentenceBatch.Length, Width);
        _blocks = torch.nn.ModuleList([.. Enumerable.Range(0, Layers).Select(static _ => new TransformerBlock(Width))]);
        _norm = torch.nn.LayerNorm(Width);
        _head = torch.nn.Linear(Width, Grammar.Characters.Length);

        // The names that the log has for the layers.
        register_module("characters", _characters);
        register_module("positions", _positions);
        register_module("blocks", _blocks);
        register_module("norm", _norm);
        register_module("head", _head);
    }

    /// <summary>Returns for each place the logits of the character that follows.</summary>
    /// <param name="input">Characters by their place in the alphabet, of shape [rows, places].</param>
    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor places = torch.arange(input.shape[1]);
        torch.Tensor x = _characters.forward(input) + _positions.forward(places);
        foreach (TransformerBlock block in _blocks)
        {
            x = block.forward(x);
        }

        return _head.forward(_norm.forward(x));
    }

    /// <summary>Lets the model write sentences, a character at a time, each drawn from what it holds likely.</summary>
    /// <param name="count">The number of sentences.</param>
    /// <returns>The sentences; one that does not end within a row's length is cut there.</returns>
    public string[] Write(int count)
    {
        using IDisposable inference = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor text = torch.zeros(count, 1, dtype: torch.ScalarType.Int64);
        for (int place = 1; place < SentenceBatch.Length; place++)
        {
            torch.Tensor next = forward(text).select(1, -1).softmax(-1).multinomial(1);
            text = torch.cat([text, next], 1);
        }

        long[] characters = text.data<long>().ToArray();
        return [.. characters.Chunk(SentenceBatch.Length).Select(static row => new string([.. row.Skip(1).TakeWhile(static c => c != 0).Select(static c => Grammar.Characters[(int)c])]))];
    }
}
