(function(){
  var search = document.getElementById('search'), count = document.getElementById('count');
  var none = document.getElementById('none'), cards = [].slice.call(document.querySelectorAll('.report'));
  var choices = [].slice.call(document.querySelectorAll('select[data-key]'));
  function show(){
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean), seen = 0;
    cards.forEach(function(card){
      var text = card.getAttribute('data-words');
      var fits = words.every(function(word){ return text.indexOf(word) >= 0; }) && choices.every(function(choice){
        return !choice.value || card.getAttribute('data-' + choice.getAttribute('data-key')) === choice.value;
      });
      card.hidden = !fits;
      seen += fits ? 1 : 0;
    });
    count.textContent = seen;
    none.hidden = seen > 0;
  }
  document.getElementById('filters').hidden = false;
  search.addEventListener('input', show);
  choices.forEach(function(choice){ choice.addEventListener('change', show); });
  show();
})();
