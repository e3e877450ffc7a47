using FastTrainLog.Reading;
using FastTrainLog.State;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>Finds the records of a log whose steps were repeated later: after the run was resumed, or returned to a checkpoint. The later records supersede them.</summary>
/// <remarks>
/// A repeated step is detected only later in the log, so a log with repeated steps is read twice: first to find where its runs went back, then, after
/// <see cref="Restart"/>, to omit the superseded records. Both times all records must be passed, in the order of the log. Not thread-safe.
/// </remarks>
internal sealed class Supersession
{
    private readonly Dictionary<RunName, Course> _courses = [];
    private readonly Func<RunName, StepPlace>? _before;
    private (RunName Run, Course? Course) _last;
    private bool _isKnown;

    /// <summary>Initializes it for the records of a log.</summary>
    /// <param name="before">Returns where a run was before the first of the records, if the log is read in pieces; null if they are all.</param>
    public Supersession(Func<RunName, StepPlace>? before = null) => _before = before;

    /// <summary>Gets whether any run went back.</summary>
    public bool IsNeeded => _courses.Values.Any(course => course.Returns > 0);

    /// <summary>Gets the runs that went back, and the lowest step that each went back to: their records of that step and later ones before these are superseded.</summary>
    public IEnumerable<(RunName Run, long Step)> Returns => _courses.Where(static run => run.Value.Returns > 0).Select(static run => (run.Key, run.Value.LowestReturn));

    /// <summary>Gets where the runs are after the records that were noted, if they have any of a step or a start.</summary>
    public IEnumerable<(RunName Run, StepPlace Place)> Places => _courses.Select(static run => (run.Key, run.Value.Place));

    /// <summary>Returns whether a record belongs to a step, and is superseded if its run returns to one before it.</summary>
    public static bool IsOfStep(int trainingEvent) => trainingEvent is TrainingEvents.Step or TrainingEvents.Gradients or TrainingEvents.GradientLayer or TrainingEvents.GradientHistogram
        or TrainingEvents.Validation or TrainingEvents.BestValidation;

    /// <summary>Returns how often a run went back.</summary>
    public int ReturnsOf(RunName run) => _courses.TryGetValue(run, out Course? course) ? course.Returns : 0;

    public void Carry(StateCodec codec) => codec.Dictionary(_courses, name => name.Carry(codec), (_, course) =>
    {
        course ??= new Course();
        course.Carry(codec);
        return course;
    });

    /// <summary>Returns another one for the second reading, so that this one can note further records.</summary>
    public Supersession ForSecondReading()
    {
        var state = new StateWriter();
        Carry(state);
        var second = new Supersession();
        second.Carry(new StateReader(state.ToArray()));
        second.Restart();
        return second;
    }

    /// <summary>Notes that a run goes back to a step after the last one of the records, before their second reading.</summary>
    public void NoteLaterReturn(RunName run, long step) => CourseOf(run).NoteLaterReturn(step);

    /// <summary>Begins the second reading.</summary>
    public void Restart()
    {
        _isKnown = true;
        foreach (Course course in _courses.Values)
        {
            course.Restart();
        }
    }

    /// <summary>In the first reading, notes a record; in the second, returns whether it is not superseded.</summary>
    public bool Takes(RunName run, in StoredRecord record)
    {
        int trainingEvent = record.TrainingEvent;
        if ((!IsOfStep(trainingEvent) && trainingEvent != TrainingEvents.RunStarted) || run.Id is null)
        {
            return true;
        }

        if (_last.Course is not { } course || !_last.Run.Equals(run))
        {
            course = CourseOf(run);
            _last = (run, course);
        }

        if (trainingEvent == TrainingEvents.RunStarted)
        {
            course.BeginSession();
            return true;
        }

        bool isStep = trainingEvent == TrainingEvents.Step;
        if ((isStep ? record.TrainingStep : record.GetInt64("Step"u8)) is not { } step)
        {
            return true;
        }

        if (isStep)
        {
            course.Advance(step, note: !_isKnown);
        }

        return !_isKnown || !course.Supersedes(step);
    }

    private Course CourseOf(RunName run)
    {
        if (!_courses.TryGetValue(run, out Course? course))
        {
            _courses.Add(run, course = new Course());
            if (_before is not null)
            {
                course.Place = _before(run);
            }
        }

        return course;
    }

    /// <summary>The steps of one run, and where it went back.</summary>
    private sealed class Course
    {
        // For each return: the number of step records before it, and the step that it went back to; in the second reading, the lowest step of it and all later returns.
        private readonly List<(long Record, long Step)> _returns = [];
        private readonly StepOrder _order = new();
        private long _records;
        private int _next;

        public int Returns => _returns.Count;

        public long LowestReturn => _returns.Min(static back => back.Step);

        public StepPlace Place
        {
            get => _order.Place;
            set => _order.Place = value;
        }

        public void NoteLaterReturn(long step) => _returns.Add((long.MaxValue, step));

        public void Carry(StateCodec codec)
        {
            codec.List(_returns, codec.Value);
            codec.Value(ref _records);
            _order.Carry(codec);
        }

        public void BeginSession() => _order.BeginSession();

        public void Advance(long step, bool note)
        {
            if (_order.GoesBack(step) && note)
            {
                _returns.Add((_records, step));
            }

            while (_next < _returns.Count && _returns[_next].Record <= _records && !note)
            {
                _next++;
            }

            _records++;
        }

        public void Restart()
        {
            (_records, _next) = (0, 0);
            for (int i = _returns.Count - 2; i >= 0; i--)
            {
                _returns[i] = (_returns[i].Record, Math.Min(_returns[i].Step, _returns[i + 1].Step));
            }
        }

        public bool Supersedes(long step) => _next < _returns.Count && _returns[_next].Step <= step;
    }
}
