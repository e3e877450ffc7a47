using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Control;

namespace FastTrainLog.Training;

/// <summary>Steers a run from outside: pause, stop, checkpoints, and numbers such as the learning rate; by <c>fasttrainlog control</c>, a dashboard, or <see cref="ControlledRun"/>.</summary>
/// <remarks>
/// <para>
/// Commands take effect between two steps, where the training calls <see cref="Continue"/> and <see cref="Value"/>: each reads a word of memory and allocates nothing. Both belong to the training
/// thread; <see cref="OnCheckpoint"/> is called by it.
/// </para>
/// <para>Without <see cref="TrainingRunOptions.EnableControl"/> the same calls change nothing: <see cref="Continue"/> returns true, <see cref="Value"/> the program's own number.</para>
/// </remarks>
/// <example>
/// <code>
/// run.Control.OnCheckpoint = () =&gt; Save("on-command.bin");
/// for (int step = 1; step &lt;= 1000 &amp;&amp; run.Control.Continue(); step++)
/// {
///     double learningRate = run.Control.Value("learning_rate", 0.1);
///     run.LogStep(epoch: 1, step, Train(learningRate), learningRate);
/// }
///
/// run.End(success: true);
/// </code>
/// </example>
public sealed class RunControl : IControllable
{
    /// <summary>The most names that <see cref="Value"/> can be asked for in a run.</summary>
    public const int MostValues = 64;

    private const int PauseRequest = 1;
    private const int StopRequest = 2;
    private const int CheckpointRequest = 4;
    private const int Ended = 8;

    private readonly TrainingRun _run;

    // Also what a paused training thread waits for.
    private readonly object _gate = new();
    private ControlServer? _server;
    private NamedValue[] _values = [];
    private Action? _onCheckpoint;
    private int _requests;
    private string? _stopper;
    private bool _isPaused;
    private bool _isStopped;

    internal RunControl(TrainingRun run) => _run = run;

    /// <summary>Gets whether the run takes commands.</summary>
    public bool IsEnabled => Volatile.Read(ref _server) is not null;

    /// <summary>Gets or sets what saves a checkpoint on command; null, the default, if the program saves none, and the command is refused. It is called by the training thread, in <see cref="Continue"/>, which passes its exceptions on.</summary>
    public Action? OnCheckpoint
    {
        get => Volatile.Read(ref _onCheckpoint);
        set => Volatile.Write(ref _onCheckpoint, value);
    }

    /// <summary>Gets or sets the time after which a paused run logs again that it is paused: well below the time after which a run without progress has stalled.</summary>
    internal TimeSpan Repeat { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets who stopped the run, as a reason for its end; null unless <see cref="Continue"/> has told the training.</summary>
    internal string? StopReason
    {
        get
        {
            lock (_gate)
            {
                return _isStopped ? $"stopped by {_stopper}" : null;
            }
        }
    }

    /// <summary>Returns whether to take the next step: waits while the run is paused, and saves a checkpoint that was asked for. Call it before each step.</summary>
    /// <remarks>After a false the training ends as if its last step had been taken; whatever <see cref="TrainingRun.End(bool, string?, double?, ReadOnlySpan{Metric})"/> then says of its success, the outcome is <see cref="RunOutcome.Stopped"/>, with who stopped it as the reason.</remarks>
    /// <param name="cancellationToken">Ends a pause, for a program that ends in another way too, such as by Ctrl+C.</param>
    /// <returns>False if a command stopped the run, the run has ended, or the token is cancelled.</returns>
    public bool Continue(CancellationToken cancellationToken = default) =>
        Volatile.Read(ref _requests) == 0 ? !cancellationToken.IsCancellationRequested : Obey(cancellationToken);

    /// <summary>Returns the number to use: the one that a command set under the name, else the program's own.</summary>
    /// <remarks>Commands can set a name once the program has asked for it. <see cref="TrainingRun.LogStep"/> should be given the number that is used.</remarks>
    /// <param name="name">The name, such as <c>learning_rate</c>.</param>
    /// <param name="own">The number that the program would use by itself.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long, or the program has asked for <see cref="MostValues"/> other names.</exception>
    public double Value(string name, double own)
    {
        foreach (NamedValue value in Volatile.Read(ref _values))
        {
            if (value.Name == name)
            {
                return value.Choose(own);
            }
        }

        return IsEnabled ? Add(name).Choose(own) : own;
    }

    /// <summary>Opens the way for commands, in the log directory.</summary>
    internal void Open(string directory)
    {
        try
        {
            Volatile.Write(ref _server, new ControlServer(ControlListener.Open(directory), this));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _run.LogControlUnavailable(exception.Message);
        }

        if (_server is { } server)
        {
            _run.LogControlOpened(Environment.UserName, server.Address);
        }
    }

    /// <summary>Takes no more commands, and ends a pause.</summary>
    internal void Close()
    {
        Interlocked.Exchange(ref _server, null)?.Dispose();
        lock (_gate)
        {
            Volatile.Write(ref _requests, _requests | Ended);
            Monitor.PulseAll(_gate);
        }
    }

    ControlReply IControllable.Obey(ControlCommand command, ControlPeer peer)
    {
        if (command.Action == ControlCommand.Status.Action)
        {
            return new ControlReply(true, "nothing is changed", Status());
        }

        string? before;
        string? after = null;
        string? refusal = null;
        lock (_gate)
        {
            NamedValue? value = command.Name is { } name ? Array.Find(_values, value => value.Name == name) : null;
            before = command.Name is null ? State : value is null ? null : Text(value.Used);
            switch (command.Action)
            {
                case var _ when (_requests & Ended) != 0:
                    refusal = "the run has ended";
                    break;
                case "pause":
                    refusal = Request(PauseRequest);
                    break;
                case "resume":
                    refusal = Withdraw();
                    break;
                case "stop":
                    _stopper ??= Describe(peer);
                    refusal = Request(StopRequest);
                    break;
                case "checkpoint":
                    refusal = _onCheckpoint is null ? "the program saves no checkpoints on command: it has not set run.Control.OnCheckpoint" : Request(CheckpointRequest);
                    break;
                case "set" or "unset" when value is null:
                    refusal = NoValue(command.Name!);
                    break;
                case "set" or "unset":
                    value.Set = command.Value ?? double.NaN;
                    after = Text(value.Used);
                    break;
                default:
                    (before, after) = (null, null);
                    break;
            }

            after ??= command.Text is null && refusal is null ? State : null;
        }

        if (refusal is not null)
        {
            _run.LogControlRefused(command.Action, command.Name, peer.User, peer.UserId, peer.ProcessId, command.Source, refusal);
            return new ControlReply(false, refusal, Status());
        }

        _run.LogControlCommand(command.Action, command.Name, peer.User, peer.UserId, peer.ProcessId, command.Source, before, after, command.Text);
        return new ControlReply(true, Changed(command, before, after), Status());
    }

    ControlReply IControllable.Refuse(string reason, ControlPeer peer)
    {
        _run.LogControlRefused(null, null, peer.User, peer.UserId, peer.ProcessId, null, reason);
        return new ControlReply(false, reason, null);
    }

    private string State =>
        _isStopped ? "stopped"
        : (_requests & StopRequest) != 0 ? "stopping"
        : _isPaused && (_requests & PauseRequest) != 0 ? "paused"
        : (_requests & PauseRequest) != 0 ? "pausing"
        : "running";

    private static string Describe(ControlPeer peer) => peer.ProcessId is { } process
        ? string.Create(CultureInfo.InvariantCulture, $"{peer.User} (uid {peer.UserId}, process {process})")
        : peer.User;

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Changed(ControlCommand command, string? before, string? after) => command.Action switch
    {
        "checkpoint" => "a checkpoint is saved after the step that the run is in",
        "note" => "the note is in the log",
        _ when before == after => $"it is {after} already",
        _ => $"{command.Name ?? "the run"}: {before} before, {after} now",
    };

    private string? Request(int request)
    {
        if (request == PauseRequest && (_requests & StopRequest) != 0)
        {
            return "the run is being stopped";
        }

        Volatile.Write(ref _requests, _requests | request);
        Monitor.PulseAll(_gate);
        return null;
    }

    private string? Withdraw()
    {
        if ((_requests & StopRequest) != 0)
        {
            return "the run is being stopped, which cannot be taken back";
        }

        Volatile.Write(ref _requests, _requests & ~PauseRequest);
        Monitor.PulseAll(_gate);
        return null;
    }

    private string NoValue(string name) => _values.Length == 0
        ? "the program has not asked for a value yet: it does so with run.Control.Value(name, value)"
        : $"the program has not asked for a value '{(name.Length > 40 ? name[..40] + "…" : name)}'; it has asked for {string.Join(", ", _values.Select(value => value.Name))}";

    private NamedValue Add(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > ControlCommand.MostCharacters)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The name of the value has {name.Length} characters, but may have at most {ControlCommand.MostCharacters}."), nameof(name));
        }

        lock (_gate)
        {
            if (_values.Length == MostValues)
            {
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is one more than the {MostValues} names that values of a run can have; a name must not contain what changes, such as the step."), nameof(name));
            }

            var value = new NamedValue(name);
            Volatile.Write(ref _values, [.. _values, value]);
            return value;
        }
    }

    private RunControlStatus Status()
    {
        lock (_gate)
        {
            return new RunControlStatus
            {
                RunId = _run.Id,
                Rank = _run.Context.Rank,
                WorldSize = _run.Context.WorldSize,
                ProcessId = Environment.ProcessId,
                State = State,
                Step = _run.LoggedStep,
                TotalSteps = _run.TotalSteps,
                SavesCheckpoints = _onCheckpoint is not null,
                Values = [.. _values.Select(value => new ControlledValue(value.Name, value.Own, double.IsNaN(value.Set) ? null : value.Set))],
            };
        }
    }

    private bool Obey(CancellationToken cancellationToken)
    {
        while (true)
        {
            Action? save;
            lock (_gate)
            {
                if ((_requests & CheckpointRequest) == 0)
                {
                    if (!Waits(cancellationToken))
                    {
                        _isStopped |= (_requests & StopRequest) != 0;
                        return (_requests & (StopRequest | Ended)) == 0 && !cancellationToken.IsCancellationRequested;
                    }

                    Wait(cancellationToken);
                    continue;
                }

                Volatile.Write(ref _requests, _requests & ~CheckpointRequest);
                save = _onCheckpoint;
            }

            // Without the lock, so that commands are answered meanwhile.
            save?.Invoke();
        }
    }

    private bool Waits(CancellationToken cancellationToken) => _requests == PauseRequest && !cancellationToken.IsCancellationRequested;

    private void Wait(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static control => ((RunControl)control!).Wake(), this);
        long started = Stopwatch.GetTimestamp();
        _isPaused = true;
        _run.LogPaused(null);
        while (Waits(cancellationToken))
        {
            if (!Monitor.Wait(_gate, Repeat))
            {
                _run.LogPaused(Stopwatch.GetElapsedTime(started));
            }
        }

        _isPaused = false;
        _run.EndPause(started);
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
